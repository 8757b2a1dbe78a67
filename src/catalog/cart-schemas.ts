import { z } from 'zod'
import { Amount, Uuid } from '../lib/wire.ts'
import { ProductId, Quantity, VariantId } from './schemas.ts'

const CartLine = z.strictObject({
  product_id: ProductId,
  variant_id: VariantId.optional().meta({ description: 'Which one, of a product that has variants' }),
  quantity: Quantity,
})

/** No prices and no currency: those come from the catalogue, whatever a browser says. */
const CartLines = z
  .array(CartLine)
  .max(100)
  .refine(
    lines =>
      new Set(lines.map(({ product_id, variant_id }) => `${product_id} ${variant_id ?? ''}`)).size ===
      lines.length,
    'names the same product twice',
  )
  .meta({ examples: [[{ product_id: 'mug', quantity: 2 }]] })

export const NewCart = z.strictObject({ store_id: Uuid, lines: CartLines })
export const CartChange = z.strictObject({ lines: CartLines })

const BuyableLine = z.object({
  product_id: z.string(),
  variant_id: z.string().nullable(),
  name: z.string(),
  quantity: z.number(),
  unit_amount: Amount,
  amount: Amount,
  image_url: z.string().nullable(),
  available: z.number().nullable().meta({ description: 'How many can be bought; null is any number' }),
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
            variant_id: null,
            name: 'Stoneware mug, speckled',
            quantity: 2,
            unit_amount: 1800,
            unit_shown: '€18.00',
            amount: 3600,
            amount_shown: '€36.00',
            image_url: null,
            available: 10,
          },
        ],
        amount: 3600,
        amount_shown: '€36.00',
        currency: 'eur',
      },
    ],
  })

/** A line that can be bought, in minor units, with what else it is priced by. */
export type BuyableLine = z.infer<typeof BuyableLine> & {
  tax_class: string | null
  tax_code: string | null
  shippable: boolean
  vendor_id: string | null
  commission_bps: number | null
}
export type CartView = z.infer<typeof CartView>
