import { z } from 'zod'
import { ProductId, Quantity, TaxClass, TaxCode, VariantId, VendorId } from '../catalog/schemas.ts'
import { Country, line, Price, Time, text, Uuid } from '../lib/wire.ts'
import { ConfirmationCode } from './order-schemas.ts'
import { ShippingTo } from './place-schemas.ts'

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
  z.strictObject({
    name: line(250),
    price: Price,
    quantity: Quantity,
    tax_class: TaxClass.optional(),
    tax_code: TaxCode.optional(),
    vendor_id: VendorId.optional(),
  }),
])

/** What a partner may say: lines of the catalogue or of its own, and its own reference. */
export const NewPartnerSession = z
  .strictObject({
    cart_id: Uuid.optional(),
    line_items: z.array(LineItem).min(1).max(100).optional(),
    success_url: Redirect,
    cancel_url: Redirect,
    ui: z
      .enum(['hosted', 'stripe'])
      .default('hosted')
      .meta({
        description:
          "Whose page takes the payment: ours, or Stripe's own Checkout, to which `url` then leads on. That one asks for " +
          'nothing that changes the price: give `shipping` and `discount_code` here.',
      }),
    shipping_countries: z
      .array(Country)
      .min(1)
      .max(300)
      .optional()
      .meta({ description: 'Ask the shopper for an address in one of these, and for the shipping' }),
    shipping: ShippingTo.optional().meta({
      description: 'Where it goes, if you know: the price is for there',
    }),
    discount_code: line(100).toUpperCase().optional(),
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
  .refine(
    ({ ui, shipping, shipping_countries = [] }) =>
      ui === 'hosted' || shipping || shipping_countries.length < 2,
    {
      error: "is needed: on Stripe's page the price is for one country",
      path: ['shipping'],
    },
  )
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

export type NewSession = z.infer<typeof NewSession>
export type NewPartnerSession = z.infer<typeof NewPartnerSession>
