import { z } from 'zod'
import { Amount, Currency, HttpsUrl, line, Price, Time, Uuid } from '../lib/wire.ts'

/** The partner's own product id. */
export const ProductId = z
  .string()
  .regex(/^[A-Za-z0-9][\w.:-]{0,99}$/, 'is not a product id: up to 100 letters, digits, and . _ : -')
  .meta({ description: 'Your own id of the product', examples: ['mug'] })

export const ProductInput = z
  .strictObject({
    name: line(250),
    price: Price,
    currency: Currency,
    image_url: HttpsUrl.nullish(),
    active: z.boolean().default(true),
  })
  .meta({ examples: [{ name: 'Stoneware mug, speckled', price: '18.00', currency: 'eur' }] })

export const ProductView = z
  .object({
    id: z.string(),
    name: z.string(),
    price: Amount,
    currency: z.string(),
    image_url: z.string().nullable(),
    active: z.boolean(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({
    id: 'Product',
    examples: [
      {
        id: 'mug',
        name: 'Stoneware mug, speckled',
        price: 1800,
        currency: 'eur',
        image_url: null,
        active: true,
        created_at: '2026-11-21T18:57:13.000Z',
        updated_at: '2026-11-21T18:57:13.000Z',
      },
    ],
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
  .meta({ examples: [[{ product_id: 'mug', quantity: 2 }]] })

export const NewCart = z.strictObject({ store_id: Uuid, lines: CartLines })
export const CartChange = z.strictObject({ lines: CartLines })

const BuyableLine = z.object({
  product_id: z.string(),
  name: z.string(),
  quantity: z.number(),
  unit_amount: Amount,
  amount: Amount,
  image_url: z.string().nullable(),
})

// Ready to show: how many decimals a currency has is Stripe's to say, and a browser's Intl says otherwise for some.
const Shown = z.string().meta({ description: 'As a shopper reads it, in the language of Accept-Language' })

export const CartView = z
  .object({
    id: Uuid,
    store_id: Uuid,
    lines: z.array(BuyableLine.extend({ unit_shown: Shown, amount_shown: Shown })),
    amount: Amount,
    amount_shown: Shown,
    currency: z.string(),
  })
  .meta({
    id: 'Cart',
    examples: [
      {
        id: '0199d3a0-5b1e-7b7e-9d0a-5f6f0c7a1b2c',
        store_id: '0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c',
        lines: [
          {
            product_id: 'mug',
            name: 'Stoneware mug, speckled',
            quantity: 2,
            unit_amount: 1800,
            unit_shown: '€18.00',
            amount: 3600,
            amount_shown: '€36.00',
            image_url: null,
          },
        ],
        amount: 3600,
        amount_shown: '€36.00',
        currency: 'eur',
      },
    ],
  })

export type ProductInput = z.infer<typeof ProductInput>
/** A line that can be bought, in minor units. */
export type BuyableLine = z.infer<typeof BuyableLine>
export type CartView = z.infer<typeof CartView>
