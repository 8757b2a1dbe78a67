import type { Sample } from './sample-store.ts'

const id = '0192f0c1-0000-7000-8000-000000000001'
const at = '2026-11-21T18:05:00.000Z'
const store = { id, name: 'Fern & Kettle', mode: 'test', logo_url: null }
const vendor = { name: 'Harbour Pottery' }
const start_url = '/vendors/token/stripe'
const owner = { email: 'clay@harbour.example' }
const base = `/portal/${id}`
const frame = { base, section: 'vendors', store, owner, has_other_stores: false }
const desk = { base: `/vendor/${id}/pottery`, store, vendor, owner }

const onboarding: Sample[] = ['new', 'unfinished', 'review', 'restricted', 'connected'].map(standing => ({
  name: `onboarding-${standing}`,
  template: 'vendors/onboarding',
  model: {
    title: 'Harbour Pottery at Fern & Kettle',
    store,
    vendor,
    standing,
    start_url,
    return_url: standing === 'connected' ? 'https://shop.example/vendors' : null,
    ...(standing === 'new' && { problem: 'The shop cannot take you on right now. Please tell them.' }),
  },
}))

const vendors = [
  ['pottery', 'Harbour Pottery', '10 %', 'good', 'Connected'],
  [
    'boats',
    'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk “Limited”',
    '7.5 %',
    'warn',
    'Not finished',
  ],
].map(([name, title, commission, tone, text]) => ({
  id: name,
  name: title,
  email: `${name}@vendor.example`,
  commission,
  badge: { tone, text },
}))

const one = {
  ...frame,
  title: 'Harbour Pottery',
  vendor: {
    id: 'pottery',
    name: 'Harbour Pottery',
    email: owner.email,
    country: 'DE',
    commission: '10 %',
    own_rate: false,
  },
  standing: {
    name: 'unfinished',
    tone: 'warn',
    text: 'Not finished',
    more: 'Stripe does not know everything yet.',
  },
  account_id: 'acct_1HARBOURPOTTERY',
  due: ['external account', 'individual dob'],
  open_payouts: 1,
  link: undefined,
}

const payout = {
  id,
  order_id: id,
  code: 'K7QX-2M9P',
  vendor: { id: 'pottery', name: 'Harbour Pottery' },
  due: '€45.00',
  due_minor: 4500,
  owes: false,
  refunded: '€3.90',
  settled: '€41.10',
  settled_at: at,
  note: 'Bank transfer 17',
  at,
}

const entry = {
  at,
  code: 'K7QX-2M9P',
  refund: false,
  gross: '€100.00',
  commission: '€10.00',
  amount: '€90.00',
  badge: { text: 'Agrees with Stripe', tone: 'good' },
}
const statement = {
  month: '2026-11',
  month_name: 'November 2026',
  previous: '2026-10',
  next: '2026-12',
  reconciled: true,
  entries: [
    entry,
    { ...entry, refund: true, gross: '-€20.00', commission: '-€2.00', amount: '-€18.00' },
    { ...entry, code: 'B3RT-9XQM', badge: { text: 'By hand', tone: 'note', icon: 'bank' } },
  ],
  disputes: [{ code: 'K7QX-2M9P', amount: '€100.00', status: 'needs response', at }],
  totals: [
    ['Sales', '€200.00'],
    ['Refunds', '-€20.00'],
    ['Commission', '-€18.00'],
  ],
  result: '€162.00',
  by_hand: '€90.00',
}
const empty = {
  ...statement,
  reconciled: false,
  entries: [],
  disputes: [],
  next: undefined,
  by_hand: undefined,
}

const samples: Sample[] = [
  ...onboarding,
  { name: 'gone', template: 'vendors/gone', model: { title: 'Link not valid' } },
  {
    name: 'list',
    template: 'portal/vendors',
    model: { ...frame, title: 'Vendors', vendors, open_payouts: 2, first: true, next_cursor: 'pottery' },
  },
  {
    name: 'list-none',
    template: 'portal/vendors',
    model: { ...frame, title: 'Vendors', vendors: [], open_payouts: 0, first: true, next_cursor: null },
  },
  { name: 'one', template: 'portal/vendor', model: one },
  {
    name: 'one-link',
    template: 'portal/vendor',
    model: { ...one, open_payouts: 0, link: 'https://pay.example/vendors/AZ0To4kA' },
  },
  {
    name: 'form',
    template: 'portal/vendor-form',
    model: { ...frame, title: 'New vendor', store_rate: '10 %', values: {}, errors: {} },
  },
  {
    name: 'form-wrong',
    template: 'portal/vendor-form',
    model: {
      ...frame,
      title: 'Harbour Pottery',
      vendor: { id: 'pottery', name: 'Harbour Pottery' },
      store_rate: '10 %',
      values: { name: 'Harbour Pottery', commission: 'much' },
      errors: { commission: 'Write a percentage from 0 to 100.' },
    },
  },
  {
    name: 'payouts',
    template: 'portal/payouts',
    model: {
      ...frame,
      title: 'Payouts',
      settled: false,
      payouts: [payout, { ...payout, id: `${id}-2`, owes: true, refunded: undefined }],
    },
  },
  {
    name: 'payouts-settled',
    template: 'portal/payouts',
    model: { ...frame, title: 'Payouts', settled: true, payouts: [payout] },
  },
  {
    name: 'payouts-none',
    template: 'portal/payouts',
    model: { ...frame, title: 'Payouts', settled: false, payouts: [] },
  },
  {
    name: 'statement',
    template: 'portal/statement',
    model: {
      ...frame,
      title: 'Statement',
      vendor,
      address: `${base}/vendors/pottery/statement`,
      up: { href: `${base}/vendors/pottery`, label: 'Harbour Pottery' },
      statement,
    },
  },
  {
    name: 'desk-orders',
    template: 'vendors/desk-orders',
    model: {
      ...desk,
      section: 'orders',
      title: 'Orders',
      connected: false,
      orders: [
        {
          code: 'K7QX-2M9P',
          at,
          items: '2 × Vase, Bowl',
          gross: '€100.00',
          amount: '€72.00',
          refunded: '€18.00',
          disputed: true,
        },
      ],
      first: true,
      next_cursor: null,
    },
  },
  {
    name: 'desk-orders-none',
    template: 'vendors/desk-orders',
    model: {
      ...desk,
      section: 'orders',
      title: 'Orders',
      connected: true,
      orders: [],
      first: true,
      next_cursor: null,
    },
  },
  {
    name: 'desk-statement',
    template: 'vendors/desk-statement',
    model: {
      ...desk,
      section: 'statement',
      title: 'Statement',
      address: `${desk.base}/statement`,
      statement,
    },
  },
  {
    name: 'desk-statement-none',
    template: 'vendors/desk-statement',
    model: {
      ...desk,
      section: 'statement',
      title: 'Statement',
      address: `${desk.base}/statement`,
      statement: empty,
    },
  },
  ...['review', 'connected'].map(standing => ({
    name: `desk-account-${standing}`,
    template: 'vendors/desk-account',
    model: {
      ...desk,
      section: 'account',
      title: 'Getting paid',
      standing,
      details: standing === 'connected',
      problem: standing === 'review' ? 'That is not possible right now.' : undefined,
    },
  })),
]

/** Every page that vendors see, and the store's own about them, in each of its states. */
export const vendorSamples = samples.map(sample => ({ ...sample, name: `vendor-${sample.name}` }))
