import { z } from 'zod'
import { ProductId, Quantity, TaxClass, VariantId } from '../catalog/schemas.ts'
import { Amount, Country, line, Price, Time, text, Uuid } from '../lib/wire.ts'

const Redirect = z.string().max(2_000)
const Email = z.email().max(254)
const Locale = z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is not a language tag')

/** What a shop's page may say when it opens a checkout: no price, no amount. */
export const NewSession = z
  .strictObject({
    cart_id: Uuid,
    success_url: Redirect.optional(),
    cancel_url: Redirect.optional(),
    customer_email: Email.optional(),
    locale: Locale.optional(),
  })
  .meta({
    examples: [
      { cart_id: '0199d3a0-5b1e-7b7e-9d0a-5f6f0c7a1b2c', success_url: 'https://shop.example/thanks' },
    ],
  })

const LineItem = z.union([
  z.strictObject({ product_id: ProductId, variant_id: VariantId.optional(), quantity: Quantity }),
  z.strictObject({ name: line(250), price: Price, quantity: Quantity, tax_class: TaxClass.optional() }),
])

/** What a partner may say: lines of the catalogue or of its own, and its own reference. */
export const NewPartnerSession = z
  .strictObject({
    cart_id: Uuid.optional(),
    line_items: z.array(LineItem).min(1).max(100).optional(),
    success_url: Redirect,
    cancel_url: Redirect,
    ui: z.enum(['hosted']).default('hosted'),
    shipping_countries: z
      .array(Country)
      .min(1)
      .max(300)
      .optional()
      .meta({ description: 'Ask the shopper for an address in one of these, and for the shipping' }),
    reference: line(200).optional(),
    customer_email: Email.optional(),
    locale: Locale.optional(),
    metadata: z
      .record(text(40).min(1), text(500))
      .refine(data => Object.keys(data).length <= 20, 'has more than 20 entries')
      .optional(),
  })
  .refine(input => (input.cart_id === undefined) !== (input.line_items === undefined), {
    error: 'give either cart_id or line_items',
    path: ['line_items'],
  })
  .meta({
    examples: [
      {
        line_items: [
          { product_id: 'mug', quantity: 2 },
          { name: 'Gift wrapping', price: '3.50', quantity: 1 },
        ],
        success_url: 'https://shop.example/thanks',
        cancel_url: 'https://shop.example/cart',
        reference: 'your-order-1017',
        customer_email: 'shopper@mail.example',
      },
    ],
  })

const ConfirmationCode = z.string().meta({
  description: 'Short enough to be read out on the telephone',
  examples: ['K7QM-4TXR'],
})

export const SessionView = z
  .object({
    id: Uuid,
    url: z.string().meta({
      description: 'Where the shopper pays; holds the secret token',
      examples: ['https://pay.example/checkout/0199d3a07c1e7b7e9d0a5f…'],
    }),
    expires_at: Time,
  })
  .meta({ id: 'Session' })
export const PartnerSessionView = SessionView.extend({ order_id: Uuid, confirmation_code: ConfirmationCode })

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

const TotalsView = z
  .object({
    subtotal: Amount,
    discount: Amount,
    shipping: Amount,
    tax: Amount.meta({ description: 'Added to the prices' }),
    tax_included: Amount.meta({ description: 'Contained in the prices' }),
    total: Amount,
  })
  .meta({ description: 'subtotal − discount + shipping + tax = total' })

const TaxView = z.object({
  id: z.string(),
  name: z.string(),
  rate: z.number().meta({ description: 'In millionths: 190000 is 19 %', examples: [190_000] }),
  inclusive: z.boolean(),
})

const ShippingView = z.object({
  rate_id: z.string().nullable(),
  name: z.string().nullable(),
  country: z.string(),
  region: z.string().nullable(),
  postal_code: z.string().nullable(),
  tax_rate: TaxView.nullable(),
})

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
      name: z.string().meta({ examples: ['Stoneware mug, speckled'] }),
      quantity: z.number(),
      unit_amount: Amount,
      amount: Amount,
      discount: Amount.meta({ description: 'Its share of the discount' }),
      tax: Amount,
      tax_rate: TaxView.nullable(),
    }),
  ),
  totals: TotalsView,
  discount: z.object({ code: z.string() }).nullable(),
  shipping: ShippingView.nullable(),
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

export type NewSession = z.infer<typeof NewSession>
export type NewPartnerSession = z.infer<typeof NewPartnerSession>
export type OrderQuery = z.infer<typeof OrderQuery>
