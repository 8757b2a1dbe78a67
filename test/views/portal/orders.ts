import type { Sample } from '../sample-store.ts'
import { at, frame, id, long } from './frame.ts'

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

export const orders = [
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

/** The list of orders, and what contradicts them. */
export const ordersSamples: Sample[] = [
  ...[orders, []].map(list => ({
    name: list.length > 0 ? 'orders' : 'orders-none',
    template: 'portal/orders',
    model: {
      title: 'Orders',
      ...frame,
      section: 'orders',
      asked:
        list.length > 0 ? { q: long, status: 'paid', mode: 'test', from: '2026-11-01', disputed: '1' } : {},
      more: list.length > 0,
      chips: [
        { text: 'All', query: '', current: list.length === 0 },
        { text: 'Paid', query: '?status=paid', current: list.length > 0 },
      ],
      query: list.length > 0 ? '?status=paid' : '',
      quarantined: list.length,
      filtered: false,
      orders: list,
      first: list.length === 0,
      next_cursor: list.length > 0 ? id : null,
    },
  })),
  {
    name: 'orders-not-found',
    template: 'portal/orders',
    model: {
      title: 'Orders',
      ...frame,
      section: 'orders',
      asked: { q: long },
      chips: [{ text: 'All', query: '', current: true }],
      query: '?q=x',
      quarantined: 0,
      filtered: true,
      orders: [],
      first: true,
      next_cursor: null,
    },
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
]
