import { z } from 'zod'
import { Amount, Country, line, Price, partnersId, Time } from '../lib/wire.ts'
import { parsePercentage } from '../pricing/percentage.ts'
import { TaxClass } from './schemas.ts'

/** Of a shipping or a tax rate. */
export const RateId = partnersId('rate', 'standard')

/** What shoppers type; small and capital letters are the same. */
export const DiscountCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9_-]{0,49}$/, 'is not a code: up to 50 letters, digits, _ and -')
  .meta({ description: 'The code; small and capital letters are the same', examples: ['SPRING15'] })

const percentage = (decimals: number, example: string) =>
  z
    .string()
    .refine(
      text => parsePercentage(text, decimals) !== undefined,
      `is not a percentage with at most ${decimals} decimals`,
    )
    .meta({ description: 'An exact decimal string', examples: [example] })

const Region = z
  .string()
  .toUpperCase()
  .regex(/^[A-Z0-9]{1,3}$/, 'is not the part of an ISO 3166-2 code behind the country')
  .meta({ description: 'As in ISO 3166-2, without the country', examples: ['CA'] })

export const ShippingRateInput = z
  .strictObject({
    name: line(100),
    amount: Price,
    free_from: Price.nullish().meta({
      description: 'Free as soon as the lines, less the discount, come to this',
    }),
    countries: z
      .array(Country)
      .max(300)
      .default([])
      .meta({ description: 'Where it goes; none is wherever you ship' }),
    active: z.boolean().default(true),
  })
  .meta({ examples: [{ name: 'Standard', amount: '4.90', free_from: '50.00', countries: ['DE', 'AT'] }] })

export const ShippingRateView = z
  .object({
    id: z.string(),
    name: z.string(),
    amount: Amount,
    currency: z.string(),
    free_from: Amount.nullable(),
    countries: z.array(z.string()),
    active: z.boolean(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'ShippingRate' })

export const TaxRateInput = z
  .strictObject({
    name: line(100).meta({ examples: ['VAT'] }),
    percentage: percentage(4, '8.875'),
    inclusive: z.boolean().meta({ description: 'Prices contain it; otherwise it is added' }),
    country: Country.nullish().meta({ description: 'Left out: wherever no other rate is for' }),
    region: Region.nullish(),
    tax_class: TaxClass.nullish().meta({ description: 'Left out: all that no other rate is for' }),
    shipping: z.boolean().default(false).meta({ description: 'It is on shipping too' }),
    active: z.boolean().default(true),
  })
  .refine(({ country, region }) => !region || country, { error: 'needs a country', path: ['region'] })
  .refine(({ tax_class, shipping }) => !(tax_class && shipping), {
    error: 'is for the rate without a tax class to say',
    path: ['shipping'],
  })
  .meta({ examples: [{ name: 'VAT', percentage: '19', inclusive: true, country: 'DE', shipping: true }] })

export const TaxRateView = z
  .object({
    id: z.string(),
    name: z.string(),
    percentage: z.string(),
    inclusive: z.boolean(),
    country: z.string().nullable(),
    region: z.string().nullable(),
    tax_class: z.string().nullable(),
    shipping: z.boolean(),
    active: z.boolean(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'TaxRate' })

export const DiscountInput = z
  .strictObject({
    percentage: percentage(2, '15').optional(),
    amount: Price.optional(),
    minimum: Price.nullish().meta({ description: 'The least that the lines must come to' }),
    max_redemptions: z.int().min(0).max(1_000_000_000).nullish(),
    once_per_customer: z.boolean().default(false).meta({ description: 'Once for each e-mail address' }),
    starts_at: Time.nullish(),
    ends_at: Time.nullish(),
    active: z.boolean().default(true),
  })
  .refine(({ percentage, amount }) => (percentage === undefined) !== (amount === undefined), {
    error: 'give either a percentage or an amount',
    path: ['percentage'],
  })
  .refine(({ percentage }) => percentage === undefined || parsePercentage(percentage, 2) !== 0, {
    error: 'must be more than 0',
    path: ['percentage'],
  })
  .refine(({ starts_at, ends_at }) => !starts_at || !ends_at || starts_at < ends_at, {
    error: 'must be later than the start',
    path: ['ends_at'],
  })
  // `examples` would be those of the answer: the times are read into dates.
  .meta({ example: { percentage: '15', max_redemptions: 100, ends_at: '2126-12-24T00:00:00.000Z' } })

export const DiscountView = z
  .object({
    code: z.string(),
    percentage: z.string().nullable(),
    amount: Amount.nullable(),
    currency: z.string(),
    minimum: Amount.nullable(),
    max_redemptions: z.number().nullable(),
    redeemed: z.number().meta({ description: 'By orders that are open or paid' }),
    once_per_customer: z.boolean(),
    starts_at: Time.nullable(),
    ends_at: Time.nullable(),
    active: z.boolean(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'Discount' })

export type ShippingRateInput = z.output<typeof ShippingRateInput>
export type TaxRateInput = z.output<typeof TaxRateInput>
export type DiscountInput = z.output<typeof DiscountInput>
