import type { Sample } from '../sample-store.ts'
import { at, frame, id, long } from './frame.ts'

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
  all_events: false,
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

const delivery = { at, mode: 'test', id: 'evt_1', what: 'payment_intent.succeeded', why: '', times: 1 }

const troubles = {
  findings: [
    { tone: 'bad', heading: 'Refused', text: long, link: { path: '/payments#webhook', label: 'Webhook' } },
    { tone: 'warn', heading: 'Nothing has arrived from Stripe yet', text: 'Send a test event.' },
  ],
  waiting: [
    { id, code: 'K7QX-2M9P', amount: '€1,299,999.90', tone: 'note', status_text: 'Pending', why: long },
    { id, code: 'B3RT-9XQM', amount: '€4.90', tone: 'warn', status_text: 'Failed', why: 'No.', ask_at: at },
  ].map(order => ({ ...order, expires_at: at })),
  deliveries: [
    { ...delivery, id: null, what: 'Refused 12 times', why: long, badge: { text: 'Refused', tone: 'bad' } },
    { ...delivery, order: { id, code: 'K7QX-2M9P' }, badge: { text: 'Applied', tone: 'good' } },
    { ...delivery, what: long, badge: { text: 'Contradiction', tone: 'warn' } },
  ],
}

const noTroubles = {
  findings: [{ tone: 'good', heading: 'Fine', text: 'Fine.' }],
  waiting: [],
  deliveries: [],
}

/** The connection to Stripe, and what may be wrong with it. */
export const paymentsSamples: Sample[] = [
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
    name: some ? 'troubleshooting' : 'troubleshooting-none',
    template: 'portal/troubleshooting',
    model: { title: 'Troubleshooting', ...frame, section: 'payments', ...(some ? troubles : noTroubles) },
  })),
]
