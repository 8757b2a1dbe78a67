import { z } from 'zod'
import { Amount } from '../lib/wire.ts'

export const TotalsView = z
  .object({
    subtotal: Amount,
    discount: Amount,
    shipping: Amount,
    tax: Amount.meta({ description: 'Added to the prices' }),
    tax_included: Amount.meta({ description: 'Contained in the prices' }),
    total: Amount,
  })
  .meta({ description: 'subtotal − discount + shipping + tax = total' })

export const TaxView = z.object({
  id: z.string(),
  name: z.string(),
  rate: z.number().meta({ description: 'In millionths: 190000 is 19 %', examples: [190_000] }),
  inclusive: z.boolean(),
})

export const StripeTaxView = z
  .object({
    inclusive: z.boolean().meta({ description: 'Prices contain it; otherwise it is added' }),
    worked_out: z
      .object({
        calculation: z.string().meta({ examples: ['taxcalc_1Example'] }),
        shipping: Amount.meta({ description: 'The tax on the shipping' }),
        breakdown: z.array(
          z.object({
            country: z.string().nullable(),
            region: z.string().nullable(),
            type: z.string().nullable(),
            percentage: z.string(),
            amount: Amount,
          }),
        ),
      })
      .nullable()
      .meta({
        description:
          'Null as long as it is not known, nobody can pay until then; and for `ui: "stripe"`, where `totals` has the tax as soon as it is paid',
      }),
  })
  .meta({ description: 'Null when Stripe Tax has nothing to do with it' })

export const ShippingView = z.object({
  rate_id: z.string().nullable(),
  name: z.string().nullable(),
  country: z.string(),
  region: z.string().nullable(),
  postal_code: z.string().nullable(),
  tax_rate: TaxView.nullable(),
})
