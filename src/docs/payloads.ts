import type { Kind } from '../outbox/table.ts'
import { type Field, fieldsOf } from './fields.ts'
import type { OpenApi, Operation } from './openapi.ts'
import { pretty, sample } from './sample.ts'

/** When each notification is sent. The compiler says that none is left out. */
const WHEN: Record<Kind, string> = {
  'store.connected': 'An owner connected a Stripe account.',
  'store.account_replaced': 'Keys of another Stripe account took over.',
  'store.disconnected': 'An owner disconnected Stripe.',
  'store.connection_invalid': 'Stripe does not know the store’s key any more: nobody can pay.',
  'order.processing': 'The bank works on the payment.',
  'order.paid': 'The money is there. Sent once for each order.',
  'order.failed': 'An attempt to pay was declined; the shopper may try again.',
  'order.cancelled': 'The order was cancelled before it was paid.',
  'order.expired': 'The checkout ended unpaid.',
  'order.partially_refunded': 'A part of the money was given back.',
  'order.refunded': 'All of the money was given back.',
  'order.refund_failed': 'A refund did not reach the shopper; the money stays.',
  'order.disputed': 'The shopper’s bank questions the payment.',
  'order.dispute_closed': 'The dispute is won, lost or withdrawn.',
  'vendor.updated': 'A vendor can be paid now, or no longer, or has to tell Stripe more.',
}

const SCHEMAS = {
  store: 'StoreNotification',
  order: 'OrderNotification',
  vendor: 'VendorNotification',
} as const

const schemaOf = (type: string) => SCHEMAS[type.split('.')[0] as keyof typeof SCHEMAS]

/** The document with what we send to partners, as OpenAPI 3.1 has it: `webhooks`, with a schema for each payload. */
export function withNotifications(document: OpenApi): OpenApi {
  const webhooks = Object.entries(WHEN).map(([type, summary]): [string, { post: Operation }] => [
    type,
    {
      post: {
        operationId: type,
        summary,
        description:
          'Signed as https://www.standardwebhooks.com says; all attempts have the same `webhook-id`.',
        tags: ['Notifications'],
        security: [],
        requestBody: {
          content: { 'application/json': { schema: { $ref: `#/components/schemas/${schemaOf(type)}` } } },
        },
        responses: {
          '2XX': { description: 'You took it.' },
          '410': { description: 'You are gone: nothing more is sent.' },
          default: { description: 'Sent again, for three days.' },
        },
      },
    },
  ])
  return { ...document, webhooks: Object.fromEntries(webhooks) }
}

/** A payload as people read it: which notifications carry it, an example, and its fields. */
export type Payload = { id: string; types: { type: string; when: string }[]; json: string; fields: Field[] }

export function payloadsOf(document: OpenApi): Payload[] {
  return Object.values(SCHEMAS).map(id => {
    const schema = { $ref: `#/components/schemas/${id}` }
    return {
      id,
      types: Object.entries(WHEN)
        .filter(([type]) => schemaOf(type) === id)
        .map(([type, when]) => ({ type, when })),
      json: pretty(sample(document, schema)),
      fields: fieldsOf(document, schema),
    }
  })
}
