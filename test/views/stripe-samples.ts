import type { Sample } from './sample-store.ts'

const id = '0192f0c1-0000-7000-8000-000000000001'
const at = '2026-11-21T18:05:00.000Z'
const frame = {
  base: `/portal/${id}`,
  store: { id, name: 'Fern & Kettle', mode: 'test', logo_url: null },
  owner: { email: 'owner@example.com' },
  has_other_stores: true,
  section: 'stripe',
  mode: 'test',
}
const row = (type: string, label: string, name: string, what: string, more: object = {}) => ({
  id: `${name}_3QxYzStoneware${'Mug'.repeat(8)}`,
  type,
  label,
  what,
  account: '',
  deleted: false,
  at,
  ...more,
})

/** What the order's page shows of its payment. */
export const stripeObjects = [
  row('payment_intent', 'Payments', 'pi', '€48.90 · succeeded'),
  row('charge', 'Charges', 'ch', '€48.90 · succeeded', { account: 'acct_1Vendor' }),
  row('novelty', 'novelty', 'nov', '', { deleted: true, at: undefined }),
]

const kinds = {
  kinds: [
    {
      type: 'charge',
      label: 'Charges',
      objects: '1,204',
      size: '2.4 MB',
      state: { text: 'Fetched', tone: 'good' },
    },
    {
      type: 'dispute',
      label: 'Disputes',
      objects: '0',
      size: '0 kB',
      state: { text: 'Key may not read', tone: 'warn' },
      bad: '3 could not be kept',
    },
    { type: 'novelty', label: 'novelty', objects: '1', size: '1 kB' },
  ],
  stored: '2.4 MB',
  events_stored: '9.1 MB',
}

const samples: Sample[] = [
  {
    name: 'data',
    template: 'portal/stripe',
    model: { title: 'Stripe data', ...frame, ...kinds, running: false },
  },
  {
    name: 'data-running',
    template: 'portal/stripe',
    model: {
      title: 'Stripe data',
      ...frame,
      ...kinds,
      running: true,
      done: 'sync',
      progress: {
        text: '700 objects fetched of about 1,200, 3 of 22 kinds are through.',
        value: 700,
        most: 1200,
      },
    },
  },
  {
    name: 'data-empty',
    template: 'portal/stripe',
    model: { title: 'Stripe data', ...frame, ...kinds, kinds: [], running: false },
  },
  {
    name: 'data-list',
    template: 'portal/stripe-list',
    model: {
      title: 'Payments',
      ...frame,
      type: 'payment_intent',
      deleted: true,
      objects: stripeObjects,
      first: false,
      next_cursor: 'pi_3QxYzLast',
    },
  },
  {
    name: 'data-list-empty',
    template: 'portal/stripe-list',
    model: { title: 'Payments', ...frame, type: 'payment_intent', deleted: false, objects: [], first: true },
  },
  {
    name: 'data-object',
    template: 'portal/stripe-object',
    model: {
      title: stripeObjects[1]!.id,
      ...frame,
      row: stripeObjects[1],
      seen_at: at,
      links: [{ type: 'payment_intent', label: 'Payments', id: stripeObjects[0]!.id }],
      dashboard_url: 'https://dashboard.stripe.com/test/payments/ch_3QxYz',
      json: JSON.stringify(
        { id: 'ch_3QxYz', object: 'charge', amount: 4890, metadata: { order: '7' } },
        null,
        2,
      ),
    },
  },
]

export const stripeSamples = samples.map(sample => ({ ...sample, name: `portal-${sample.name}` }))
