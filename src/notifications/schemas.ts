import { z } from 'zod'
import { Time, Uuid, WebUrl } from '../lib/wire.ts'
import { VendorStatus } from '../marketplace/schemas.ts'
import type { Kind } from '../outbox/table.ts'
import { WholeOrder } from '../refunds/order.ts'

const STORE_TYPES = [
  'store.connected',
  'store.account_replaced',
  'store.disconnected',
  'store.connection_invalid',
] as const satisfies Kind[]

const ORDER_TYPES = [
  'order.processing',
  'order.paid',
  'order.failed',
  'order.cancelled',
  'order.expired',
  'order.partially_refunded',
  'order.refunded',
  'order.refund_failed',
  'order.disputed',
  'order.dispute_closed',
] as const satisfies Kind[]

const VENDOR_TYPES = ['vendor.updated'] as const satisfies Kind[]

export const NotificationType = z.enum([...STORE_TYPES, ...ORDER_TYPES, ...VENDOR_TYPES])

/** What a partner is sent about a store. */
export const StoreNotification = z
  .object({
    type: z.enum(STORE_TYPES),
    timestamp: Time.meta({ description: 'When it happened' }),
    data: z.object({ store_id: Uuid, mode: z.enum(['test', 'live']), account_id: z.string() }),
  })
  .meta({ id: 'StoreNotification' })

/** What a partner is sent when a vendor can be paid now, or no longer, or has to tell Stripe more. */
export const VendorNotification = z
  .object({
    type: z.enum(VENDOR_TYPES),
    timestamp: Time.meta({ description: 'When it happened' }),
    data: z.object({ store_id: Uuid, vendor: VendorStatus }),
  })
  .meta({ id: 'VendorNotification' })

/** What a partner is sent about an order: all of it, as it stood when the notification was written. */
export const OrderNotification = z
  .object({
    type: z.enum(ORDER_TYPES),
    timestamp: Time.meta({ description: 'When it happened' }),
    data: z.object({
      store_id: Uuid,
      refund_id: Uuid.nullable(),
      dispute_id: z.string().nullable(),
      order: WholeOrder.omit({ timeline: true }),
    }),
  })
  .meta({ id: 'OrderNotification' })

/** The partner's own name for an endpoint. */
export const EndpointId = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:-]{0,63}$/, 'is not an endpoint id: up to 64 letters, digits, and . _ : -')
  .meta({ examples: ['orders'] })

export const EndpointInput = z.strictObject({
  url: WebUrl.meta({ description: 'https; a public address', examples: ['https://partner.example/hooks'] }),
  types: z
    .array(NotificationType)
    .min(1)
    .max(NotificationType.options.length)
    .optional()
    .meta({ description: 'All of them when not given' }),
})

export const EndpointView = z
  .object({
    id: z.string(),
    url: z.string(),
    types: z.array(NotificationType).nullable(),
    state: z
      .enum(['active', 'disabled'])
      .meta({ description: '`disabled` after days of failures; PUT it again' }),
    failing_since: Time.nullable(),
    created_at: Time,
    updated_at: Time,
    secret: z.string().optional().meta({ description: 'Signs the notifications; shown this once' }),
  })
  .meta({ id: 'NotificationEndpoint' })

export const SecretView = z.object({
  secret: z.string().meta({ description: 'Signs the notifications; shown this once' }),
  previous_until: Time.meta({ description: 'Until then the previous secret signs along' }),
})

export const NotificationView = z
  .object({
    id: Uuid.meta({ description: 'The `webhook-id` of all attempts' }),
    type: NotificationType,
    state: z.enum(['waiting', 'delivered', 'given_up']),
    tries: z.number(),
    answer: z
      .string()
      .nullable()
      .meta({ description: 'The last answer: an HTTP status, or why there was none' }),
    created_at: Time,
    due_at: Time,
  })
  .meta({ id: 'Notification' })

export const NotificationQuery = z.object({
  state: z.enum(['waiting', 'delivered', 'given_up']).optional(),
  cursor: Uuid.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

export const Replay = z
  .strictObject({ id: Uuid.optional(), since: z.iso.datetime().optional() })
  .refine(({ id, since }) => (id === undefined) !== (since === undefined), 'give either id or since')
  .meta({ examples: [{ since: '2026-11-21T08:00:00Z' }] })

export const Replayed = z.object({
  notifications: z.number().meta({ description: 'How many are sent again' }),
})

export type EndpointInput = z.infer<typeof EndpointInput>
export type NotificationQuery = z.infer<typeof NotificationQuery>
export type Replay = z.infer<typeof Replay>
