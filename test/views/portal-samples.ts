import type { Sample } from './samples.ts'

const id = '0192f0c1-0000-7000-8000-000000000001'
const base = `/portal/${id}`
const at = '2026-11-21T18:05:00.000Z'
/** An event that does not fit its order, as a merchant's own server might have signed it. */
const contradiction = {
  id: 'evt_3TestContradiction',
  mode: 'test',
  type: 'payment_intent.succeeded',
  reason: 'The amounts differ',
  at,
  object_id: 'pi_3TestContradiction',
  said: '€0.01',
  order_id: '0192f0c1-0000-7000-8000-0000000000aa',
  code: 'K7QX-2M9P',
  wanted: '€48.90',
}

const frame = {
  base,
  store: { id, name: 'Fern & Kettle', mode: 'test', logo_url: null },
  owner: { email: 'owner@example.com' },
  has_other_stores: true,
}
const long =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft 👩🏽‍🚀 "Limited"'

const orders = [
  ['K7QX-2M9P', 'paid', 'Paid', 'good', '€48.90', 'ada@example.com', false],
  ['B3RT-9XQM', 'failed', 'Failed', 'warn', '€1,299,999.90', `${'long'.repeat(14)}@example.com`, false],
  ['HHM2-WWQ4', 'partially_refunded', 'Partly refunded', 'note', '€12.00', null, true],
].map(([code, status, status_text, tone, amount, customer, disputed]) => ({
  id,
  code,
  mode: 'test',
  status,
  status_text,
  tone,
  disputed,
  amount,
  customer,
  at,
}))

const bars = (heights: number[]) =>
  Array.from({ length: 30 }, (_, day) => ({
    day: `2026-11-${String(day + 1).padStart(2, '0')}`,
    amount: '€12.00',
    orders: 1,
    height: heights[day] ?? 0,
  }))
const chart = { bars: bars([0, 20, 60, 35, 0, 100, 80]), total: '€1,240.50', orders: 27, most: '€310.00' }
const noChart = { bars: bars([]), total: '€0.00', orders: 0, most: '€0.00' }

const permissions = [
  { name: 'payment_intents', label: 'PaymentIntents', without: 'shoppers cannot pay', granted: true },
  { name: 'disputes', label: 'Disputes', without: 'disputes are only seen at Stripe', granted: false },
]
const connection = {
  account_id: 'acct_1ALICE000000000',
  account_name: 'Fern & Kettle Ltd',
  key_kind: 'restricted',
  publishable_key: 'pk_test_51ALICE000000000Public',
  at,
  rejected: false,
  permissions,
}
const live = { mode: 'live', takes_payments: false, connected: false, webhook: 'missing' }
const test = { mode: 'test', takes_payments: true, connected: true, connection, webhook: 'unproven' }
const payments = {
  title: 'Payments',
  ...frame,
  section: 'payments',
  mode: 'test',
  connect_url: `/stripe/connect?store_id=${id}`,
  webhook_url: 'https://pay.owntill.example/webhook/stripe',
  errors: {},
}
const settings = {
  title: 'Settings',
  ...frame,
  section: 'settings',
  values: { name: 'Fern & Kettle', color: '#ffd23f', origins: 'https://shop.example' },
  color: '#ffd23f',
  facts: { currency: 'EUR', owner_email: 'owner@example.com' },
  errors: {},
}
const overview = { title: 'Overview', ...frame, section: 'overview' }
const product = { title: 'Product', ...frame, section: 'products', currency: 'EUR', values: {}, errors: {} }

const samples: Sample[] = [
  { name: 'sign-in', template: 'portal/sign-in', model: { title: 'Sign in', mailbox: '/dev/mail' } },
  {
    name: 'sign-in-foreign',
    template: 'portal/sign-in',
    model: { title: 'Sign in', next: '/stripe/connect?store_id=x', signed_in_as: 'owner@example.com' },
  },
  {
    name: 'sign-in-wrong',
    template: 'portal/sign-in',
    model: { title: 'Sign in', problem: 'Ask for a new one.', email: 'nobody', error: 'Not an address.' },
  },
  {
    name: 'code',
    template: 'portal/code',
    model: { title: 'Code', email: 'owner@example.com', again: '/portal/sign-in' },
  },
  {
    name: 'code-wrong',
    template: 'portal/code',
    model: {
      title: 'Code',
      email: 'owner@example.com',
      again: '/portal/sign-in',
      error: 'This is not the code.',
    },
  },
  { name: 'enter', template: 'portal/enter', model: { title: 'Open', store: { name: 'Fern & Kettle' } } },
  { name: 'gone', template: 'portal/gone', model: { title: 'Gone' } },
  {
    name: 'connected-public',
    template: 'portal/connected',
    model: { title: 'Connected', portal_url: `${base}/payments` },
  },
  {
    name: 'stores',
    template: 'portal/stores',
    model: {
      title: 'Your stores',
      owner: frame.owner,
      stores: [
        { id, name: 'Fern & Kettle', mode: 'test', logo_url: null },
        { id, name: long, mode: 'live', logo_url: null },
      ],
    },
  },
  {
    name: 'stores-none',
    template: 'portal/stores',
    model: { title: 'Stores', owner: frame.owner, stores: [] },
  },
  {
    name: 'account',
    template: 'portal/account',
    model: {
      title: 'Your sign-ins',
      owner: frame.owner,
      sessions: [
        { at, seen_at: at, by_link: false, current: true },
        { at, seen_at: at, by_link: true, current: false },
      ],
    },
  },
  {
    name: 'overview',
    template: 'portal/overview',
    model: {
      ...overview,
      steps: { connected: true, rejected: false, webhook: 'proven', product: true, payment: true },
      can_demo: true,
      orders,
      chart,
    },
  },
  {
    name: 'overview-new',
    template: 'portal/overview',
    model: {
      ...overview,
      steps: { connected: false, rejected: false, webhook: 'missing', product: false, payment: false },
      can_demo: false,
      orders: [],
      chart: noChart,
    },
  },
  {
    name: 'overview-ready',
    template: 'portal/overview',
    model: {
      ...overview,
      done: 'no_demo',
      steps: { connected: true, rejected: false, webhook: 'proven', product: true, payment: false },
      can_demo: true,
      orders: [],
      chart: noChart,
    },
  },
  ...[orders, []].map(list => ({
    name: list.length > 0 ? 'orders' : 'orders-none',
    template: 'portal/orders',
    model: {
      title: 'Orders',
      ...frame,
      section: 'orders',
      status: list.length > 0 ? 'paid' : undefined,
      filters: [{ status: 'paid', text: 'Paid' }],
      orders: list,
      first: list.length === 0,
      next_cursor: list.length > 0 ? id : null,
    },
  })),
  {
    name: 'order',
    template: 'portal/order',
    model: {
      title: 'Order',
      ...frame,
      section: 'orders',
      order: orders[2],
      refunded: '€6.00',
      lines: [
        { name: 'Stoneware mug', quantity: 2, unit: '€18.00', total: '€36.00' },
        { name: long, quantity: 1, unit: '€12.90', total: '€12.90' },
      ],
      reference: 'ORDER-2026-1',
      payment_intent: 'pi_3ALICE0000000000000001',
      metadata: [['shelf', 'B7']],
      failure: 'insufficient_funds',
      timeline: [
        { at, status: 'pending', text: 'Checkout opened', source: '' },
        { at, status: 'paid', text: 'Paid', source: 'reported by Stripe (webhook)' },
      ],
    },
  },
  { name: 'payments', template: 'portal/payments', model: { ...payments, modes: [live, test] } },
  {
    name: 'payments-both',
    template: 'portal/payments',
    model: {
      ...payments,
      modes: [
        {
          ...live,
          connected: true,
          webhook: 'proven',
          event_at: at,
          connection: { ...connection, key_kind: 'secret', account_name: null },
        },
        { ...test, connected: false, connection: { ...connection, rejected: true } },
      ],
      errors: { webhook_secret: 'This is a secret key (sk_…). Here belongs the signing secret.' },
    },
  },
  {
    name: 'payments-none',
    template: 'portal/payments',
    model: { ...payments, modes: [live, { ...live, mode: 'test', takes_payments: true }] },
  },
  {
    name: 'disconnect',
    template: 'portal/disconnect',
    model: { title: 'Disconnect', ...frame, section: 'payments', mode: 'test', takes_payments: true },
  },
  ...[true, false].map(some => ({
    name: some ? 'products' : 'products-none',
    template: 'portal/products',
    model: {
      title: 'Products',
      ...frame,
      section: 'products',
      done: some ? 'product' : undefined,
      products: some
        ? [
            { id: 'mug', name: 'Stoneware mug', active: true, image_url: null, price: '€18.00' },
            {
              id: 'x',
              name: long,
              active: false,
              image_url: 'data:image/gif;base64,R0lGODlhAQABAAAAACw=',
              price: '€1.00',
            },
          ]
        : [],
      first: true,
      next_cursor: some ? 'x' : null,
    },
  })),
  { name: 'product-new', template: 'portal/product', model: product },
  {
    name: 'product-wrong',
    template: 'portal/product',
    model: {
      ...product,
      product: { id: 'mug', name: 'Stoneware mug', active: false },
      values: { name: '', price: 'free' },
      errors: { name: 'Give it a name.', price: 'Write the price as a number, such as 12.99.' },
    },
  },
  { name: 'settings', template: 'portal/settings', model: { ...settings, done: 'settings' } },
  {
    name: 'settings-wrong',
    template: 'portal/settings',
    model: { ...settings, color: null, errors: { color: 'Write a colour.', origins: 'One a line.' } },
  },
  ...[true, false].map(some => ({
    name: some ? 'quarantine' : 'quarantine-none',
    template: 'portal/quarantine',
    model: { title: 'Contradictions', ...frame, section: 'orders', events: some ? [contradiction] : [] },
  })),
  {
    name: 'quarantined',
    template: 'portal/quarantined',
    model: {
      title: 'Contradiction',
      ...frame,
      section: 'orders',
      event: contradiction,
      values: { note: long },
      errors: { note: 'Say in a few words why nothing has to be done.' },
    },
  },
  ...[true, false].map(some => ({
    name: some ? 'activity' : 'activity-none',
    template: 'portal/activity',
    model: {
      title: 'Activity',
      ...frame,
      section: 'activity',
      entries: some
        ? [
            { at, actor_kind: 'owner', actor: 'owner@example.com', text: 'Switched payments to live mode' },
            { at, actor_kind: 'partner', actor: 'Shop Builder', text: `Added the product “${long}”` },
            { at, actor_kind: 'service', actor: 'Owntill', text: 'Created the store' },
          ]
        : [],
      first: true,
      next_cursor: null,
    },
  })),
  {
    name: 'mail',
    template: 'mail/box',
    model: {
      title: 'Mail',
      letters: [
        {
          id: 'letter-1',
          at,
          to: 'owner@example.com',
          subject: '1234 5678 is your sign-in code',
          parts: [{ text: 'Read ' }, { text: 'https://pay.example/', url: true }],
        },
      ],
    },
  },
  { name: 'mail-none', template: 'mail/box', model: { title: 'Mail', letters: [] } },
]

/** Every page of the portal in each of its states. */
export const portalSamples = samples.map(sample => ({ ...sample, name: `portal-${sample.name}` }))
