import { z } from 'zod'
import { Amount, line, Time, Uuid } from '../lib/wire.ts'
import { ShippingView, StripeTaxView, TaxView, TotalsView } from './price-schemas.ts'

export const ConfirmationCode = z.string().meta({
  description: 'Short enough to be read out on the telephone',
  examples: ['K7QM-4TXR'],
})

export const OrderStatusName = z.enum([
  'pending',
  'processing',
  'failed',
  'paid',
  'partially_refunded',
  'refunded',
  'cancelled',
  'expired',
])

export const OrderView = z.object({
  id: Uuid,
  store_id: Uuid,
  mode: z.enum(['test', 'live']),
  status: OrderStatusName,
  disputed: z.boolean(),
  confirmation_code: ConfirmationCode,
  amount: Amount,
  amount_refunded: Amount,
  currency: z.string(),
  lines: z.array(
    z.object({
      product_id: z
        .string()
        .nullable()
        .meta({ examples: ['mug'] }),
      variant_id: z.string().nullable(),
      vendor_id: z.string().nullish().meta({ description: 'Who sells it, of a marketplace' }),
      name: z.string().meta({ examples: ['Stoneware mug, speckled'] }),
      quantity: z.number(),
      unit_amount: Amount,
      amount: Amount,
      discount: Amount.meta({ description: 'Its share of the discount' }),
      tax: Amount,
      tax_rate: TaxView.nullable(),
      tax_code: z.string().nullish(),
    }),
  ),
  totals: TotalsView,
  discount: z.object({ code: z.string() }).nullable(),
  shipping: ShippingView.nullable(),
  stripe_tax: StripeTaxView.nullable(),
  customer_email: z
    .string()
    .nullable()
    .meta({ examples: ['shopper@mail.example'] }),
  reference: z
    .string()
    .nullable()
    .meta({ examples: ['your-order-1017'] }),
  metadata: z.record(z.string(), z.string()),
  payment_intent: z
    .string()
    .nullable()
    .meta({ examples: ['pi_3Example'] }),
  created_at: Time,
  updated_at: Time,
  paid_at: Time.nullable(),
})

export const OrderDetail = OrderView.extend({
  timeline: z.array(
    z.object({
      at: Time,
      status: OrderStatusName,
      source: z.string(),
      detail: z.record(z.string(), z.unknown()).nullable(),
    }),
  ),
})

/** A place among changes: the moment in microseconds, and the order. */
const ChangeCursor = z
  .string()
  .regex(/^c\d{1,16}_[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/, 'is not a cursor of ours')

export const OrderQuery = z.object({
  status: OrderStatusName.optional(),
  reference: line(200).optional(),
  cursor: z.union([Uuid, ChangeCursor]).optional(),
  updated_since: z.iso
    .datetime()
    .optional()
    .meta({
      description:
        'Lists what changed since then, oldest change first. `next_cursor` is then never null: keep it, and ask with ' +
        'it alone what has changed since. Changes show up after five seconds.',
      examples: ['2026-11-21T08:00:00Z'],
    }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})

export type OrderQuery = z.infer<typeof OrderQuery>
