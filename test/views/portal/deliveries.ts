import type { Sample } from '../sample-store.ts'
import { at, frame, id, long } from './frame.ts'

const endpoint = {
  id: 'hooks',
  address: `https://partner.example/${'hooks/'.repeat(12)}`,
  disabled: false,
  badge: { text: 'Failing', tone: 'warn' },
  failing_since: at,
}

const told = { id, type: 'order.partially_refunded', order_id: id, tries: 3, answer: '500', at }

/** What is told to the merchant's own servers, and what did not arrive. */
export const deliveriesSamples: Sample[] = [
  ...[true, false].map(some => ({
    name: some ? 'deliveries' : 'deliveries-none',
    template: 'portal/deliveries',
    model: {
      title: 'Deliveries',
      ...frame,
      section: 'deliveries',
      endpoints: some
        ? [
            { ...endpoint, given_up: 3 },
            { ...endpoint, badge: { text: 'Stopped', tone: 'bad' } },
          ]
        : [],
      undelivered: some
        ? [
            { path: `letters/${id}`, what: 'Receipt', order_id: id, why: 'tried 8 times, ECONNREFUSED', at },
            {
              path: 'happenings/7',
              what: 'Telling of order.refunded',
              order_id: null,
              why: 'failed with 22P02',
              at,
            },
          ]
        : [],
    },
  })),
  {
    name: 'undelivered',
    template: 'portal/undelivered',
    model: {
      title: 'Dismiss',
      ...frame,
      section: 'deliveries',
      one: { path: 'happenings/7', what: 'Telling of order.refunded', order_id: id, why: long, at },
    },
  },
  ...[false, true].map(disabled => ({
    name: disabled ? 'endpoint-disabled' : 'endpoint',
    template: 'portal/endpoint',
    model: {
      title: 'Endpoint',
      ...frame,
      section: 'deliveries',
      endpoint: { ...endpoint, disabled, types: disabled ? 'order.paid, order.refunded' : undefined },
      chips: [
        { text: 'All', query: '', current: true },
        { text: 'Given up', query: '?state=given_up', current: false, count: 3 },
      ],
      query: '',
      notifications: disabled
        ? []
        : [
            { ...told, badge: { text: 'Delivered', tone: 'good' }, waiting: false },
            { ...told, badge: { text: 'On its way', tone: 'note' }, waiting: true, due_at: at, answer: long },
          ],
      first: true,
      next_cursor: null,
    },
  })),
]
