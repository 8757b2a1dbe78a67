import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import { discounts, saveDiscount } from '../catalog/discounts.ts'
import { saveShippingRate, saveTaxRate, shippingRates, TaxRateOverlaps, taxRates } from '../catalog/rates.ts'
import {
  DiscountCode,
  DiscountInput,
  RateId,
  ShippingRateInput,
  TaxRateInput,
} from '../catalog/terms-schemas.ts'
import type { Deps } from '../deps.ts'
import { BadInput } from '../lib/problem.ts'
import { Decimal, optional, ticked, Whole } from './forms.ts'
import { freeId } from './free-id.ts'
import {
  showDiscount,
  showShipping,
  showTax,
  valuesOfDiscount,
  valuesOfShipping,
  valuesOfTax,
} from './pricing-words.ts'
import { termPages } from './terms.ts'

const AMOUNT = 'Write the amount as a number, such as 4.90.'
const Amount = optional(Decimal, AMOUNT)
const Name = z.string().trim().min(1, 'Give it a name.').max(100, 'At most 100 characters.')
const Percentage = z
  .string()
  .trim()
  .transform(text => text.replace(',', '.'))
const Empty = z
  .string()
  .trim()
  .transform(text => text || null)
// Whatever stands between the codes.
const Codes = z.string().transform(text =>
  text
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean),
)
/** As the browser's own field for a day and a time sends it; said to be UTC beside it. */
const Moment = optional(
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/)
    .transform(text => new Date(`${text}Z`))
    .refine(date => !Number.isNaN(date.getTime()))
    .transform(date => date.toISOString()),
  'Write a day and a time, such as 2026-12-24T18:00.',
)

const ShippingForm = z.object({
  name: Name,
  amount: Amount.pipe(z.string(AMOUNT)),
  free_from: Amount,
  countries: Codes,
  active: ticked,
})

const TaxForm = z
  .object({
    name: Name,
    percentage: Percentage,
    inclusive: z.enum(['yes', 'no'], 'Say whether your prices contain it.'),
    country: Empty,
    region: Empty,
    tax_class: Empty,
    shipping: ticked,
    active: ticked,
  })
  .refine(({ tax_class, shipping }) => !(tax_class && shipping), {
    error: 'The rate without a tax class says whether shipping is taxed.',
    path: ['shipping'],
  })

const DiscountForm = z
  .object({
    code: z.string().trim().optional(),
    percentage: Percentage,
    amount: Amount,
    minimum: Amount,
    max_redemptions: optional(Whole, 'Write how often, such as 100.'),
    once_per_customer: ticked,
    starts_at: Moment,
    ends_at: Moment,
    active: ticked,
  })
  .refine(({ percentage, amount }) => (percentage === '') !== (amount === null), {
    error: 'Give either a percentage or an amount.',
    path: ['percentage'],
  })

/** What is added to a price and taken off it: shipping rates, discount codes, tax rates. */
export const pricingRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  app.get('/pricing', async (request, reply) =>
    reply.redirect(`/portal/${request.store.id}/pricing/shipping`, 303),
  )

  termPages(app, deps, {
    path: 'shipping',
    title: 'Shipping rates',
    template: 'shipping-rate',
    Id: RateId,
    Form: ShippingForm,
    Input: ShippingRateInput,
    inputOf: form => form,
    newId: (db, store, { name }) =>
      freeId('rate', name, async id => (await shippingRates.find(db, store, id)) !== undefined),
    save: saveShippingRate,
    verbs: shippingRates,
    show: showShipping,
    valuesOf: valuesOfShipping,
    blank: { active: 'on' },
  })

  termPages(app, deps, {
    path: 'taxes',
    title: 'Tax rates',
    template: 'tax-rate',
    Id: RateId,
    Form: TaxForm,
    Input: TaxRateInput,
    inputOf: ({ inclusive, ...form }) => ({ ...form, inclusive: inclusive === 'yes' }),
    newId: (db, store, { name }) =>
      freeId('rate', name, async id => (await taxRates.find(db, store, id)) !== undefined),
    save: saveTaxRate,
    verbs: taxRates,
    refused: error =>
      error instanceof TaxRateOverlaps
        ? { country: 'Another tax rate is already for that place and class.' }
        : undefined,
    show: showTax,
    valuesOf: valuesOfTax,
    blank: { active: 'on', inclusive: 'yes' },
  })

  termPages(app, deps, {
    path: 'discounts',
    title: 'Discount codes',
    template: 'discount',
    Id: DiscountCode,
    Form: DiscountForm,
    Input: DiscountInput,
    inputOf: ({ code: _, percentage, amount, ...form }) => ({
      ...form,
      ...(percentage === '' ? { amount } : { percentage }),
    }),
    newId: async (db, store, { code }) => {
      const read = DiscountCode.safeParse(code ?? '')
      const refuse = (detail: string) => new BadInput({ errors: [{ pointer: '/code', detail }] })
      if (!read.success) throw refuse('is not a code: up to 50 letters, digits, _ and -')
      if (await discounts.find(db, store, read.data)) throw refuse('is a code that you have already')
      return read.data
    },
    save: saveDiscount,
    verbs: discounts,
    show: showDiscount,
    valuesOf: valuesOfDiscount,
    blank: { active: 'on' },
  })
}
