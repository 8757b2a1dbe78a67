import { z } from 'zod'
import { Currency, HttpsUrl, line, Price, Time, Uuid } from '../lib/wire.ts'

/** The partner's own product id. */
export const ProductId = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:-]{0,99}$/, 'is not a product id: up to 100 letters, digits, and . _ : -')
  .meta({ example: 'mug-blue' })

export const ProductInput = z.strictObject({
  name: line(250),
  price: Price,
  currency: Currency,
  image_url: HttpsUrl.nullish(),
  active: z.boolean().default(true),
})

export const ProductView = z.object({
  id: z.string(),
  name: z.string(),
  price: z.number().meta({ description: 'Minor units of the currency' }),
  currency: z.string(),
  image_url: z.string().nullable(),
  active: z.boolean(),
  created_at: Time,
  updated_at: Time,
})

export const Quantity = z.int().min(1).max(9_999)

const CartLine = z.strictObject({ product_id: ProductId, quantity: Quantity })

/** No prices and no currency: those come from the catalogue, whatever a browser says. */
export const CartLines = z
  .array(CartLine)
  .max(100)
  .refine(
    lines => new Set(lines.map(({ product_id }) => product_id)).size === lines.length,
    'names the same product twice',
  )

export const NewCart = z.strictObject({ store_id: Uuid, lines: CartLines })
export const CartChange = z.strictObject({ lines: CartLines })

const BuyableLine = z.object({
  product_id: z.string(),
  name: z.string(),
  quantity: z.number(),
  unit_amount: z.number(),
  amount: z.number(),
  image_url: z.string().nullable(),
})

// Ready to show: how many decimals a currency has is Stripe's to say, and a browser's Intl says otherwise for some.
const Shown = z
  .string()
  .meta({ description: 'As a shopper reads it, in the language of Accept-Language', example: '€12.90' })

export const CartView = z.object({
  id: Uuid,
  store_id: Uuid,
  lines: z.array(BuyableLine.extend({ unit_shown: Shown, amount_shown: Shown })),
  amount: z.number().meta({ description: 'Minor units of the currency' }),
  amount_shown: Shown,
  currency: z.string(),
})

export type ProductInput = z.infer<typeof ProductInput>
/** A line that can be bought, in minor units. */
export type BuyableLine = z.infer<typeof BuyableLine>
export type CartView = z.infer<typeof CartView>
