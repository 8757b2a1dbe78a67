import { z } from 'zod'
import { Amount, Currency, line, Price, partnersId, Time, WebUrl } from '../lib/wire.ts'

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

export type VariantInput = z.infer<typeof VariantInput>
export type ProductInput = z.infer<typeof ProductInput>
