import { z } from 'zod'
import { Amount, Currency, line, Price, partnersId, Time, Uuid, WebUrl } from '../lib/wire.ts'

export const ProductId = partnersId('product', 'mug')
export const VariantId = partnersId('variant', 'large')
export const VendorId = partnersId('vendor', 'harbour-pottery')

/** A class of goods with a tax rate of its own. */
export const TaxClass = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,49}$/, 'is not a tax class: up to 50 small letters, digits, _ and -')
  .meta({ description: 'Which of the store’s tax rates hold', examples: ['books'] })

/** What a thing is in Stripe's list of what is taxed how. */
export const TaxCode = z
  .string()
  .regex(/^txcd_\d{8}$/, 'is not a tax code of Stripe’s: txcd_ and eight digits')
  .meta({
    description: 'For Stripe Tax: https://docs.stripe.com/tax/tax-codes. Null: the default of the account',
    examples: ['txcd_99999999'],
  })

const Stock = z.int().min(0).max(1_000_000_000).nullish().meta({
  description:
    'How many are on the shelf, those in open checkouts included. Null: not counted. Left out: stays as it is',
})

const VariantInput = z.strictObject({
  id: VariantId,
  name: line(100),
  options: z
    .record(line(40), line(100))
    .refine(options => Object.keys(options).length <= 10, 'has more than 10 entries')
    .optional(),
  price: Price.nullish(),
  image_url: WebUrl.nullish(),
  active: z.boolean().default(true),
  stock: Stock,
})

export const ProductInput = z
  .strictObject({
    name: line(250),
    price: Price,
    currency: Currency,
    image_url: WebUrl.nullish(),
    active: z.boolean().default(true),
    tax_class: TaxClass.nullish(),
    tax_code: TaxCode.nullish(),
    vendor_id: VendorId.nullish().meta({
      description: 'Who sells it, of a marketplace. Left out: stays as it is',
    }),
    shippable: z.boolean().optional(),
    stock: Stock,
    variants: z
      .array(VariantInput)
      .max(100)
      .refine(list => new Set(list.map(({ id }) => id)).size === list.length, 'names the same id twice')
      .optional()
      .meta({ description: 'All there are, in their order; left out, they stay as they are' }),
  })
  .meta({ examples: [{ name: 'Stoneware mug, speckled', price: '18.00', currency: 'eur' }] })

const StockView = {
  stock: z.number().nullable(),
  available: z
    .number()
    .nullable()
    .meta({ description: 'What is left of the stock when open checkouts have theirs' }),
}

export const ProductView = z
  .object({
    id: z.string(),
    name: z.string(),
    price: Amount,
    currency: z.string(),
    image_url: z.string().nullable(),
    active: z.boolean(),
    tax_class: z.string().nullable(),
    tax_code: z.string().nullable(),
    vendor_id: z.string().nullable(),
    shippable: z.boolean(),
    ...StockView,
    variants: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        options: z.record(z.string(), z.string()),
        price: Amount.nullable(),
        image_url: z.string().nullable(),
        active: z.boolean(),
        ...StockView,
      }),
    ),
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
        tax_class: null,
        tax_code: null,
        vendor_id: null,
        shippable: true,
        stock: 12,
        available: 10,
        variants: [],
        created_at: '2026-11-21T18:57:13.000Z',
        updated_at: '2026-11-21T18:57:13.000Z',
      },
    ],
  })

export const Quantity = z.int().min(1).max(9_999)

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

export type VariantInput = z.infer<typeof VariantInput>
export type ProductInput = z.infer<typeof ProductInput>
/** A line that can be bought, in minor units, with what else it is priced by. */
export type BuyableLine = z.infer<typeof BuyableLine> & {
  tax_class: string | null
  tax_code: string | null
  shippable: boolean
  vendor_id: string | null
  commission_bps: number | null
}
export type CartView = z.infer<typeof CartView>
