import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { discounts, saveDiscount } from '../catalog/discounts.ts'
import { saveShippingRate, saveTaxRate, shippingRates, TaxRateOverlaps, taxRates } from '../catalog/rates.ts'
import type { StoredDiscount, StoredTaxRate } from '../catalog/table.ts'
import {
  DiscountCode,
  DiscountInput,
  DiscountView,
  RateId,
  ShippingRateInput,
  ShippingRateView,
  TaxRateInput,
  TaxRateView,
} from '../catalog/terms-schemas.ts'
import { underNoun } from '../lib/contract.ts'
import { toPercentage } from '../pricing/percentage.ts'
import type { InternalOptions } from './caller.ts'
import { termsRoutes } from './terms-routes.ts'

/** The terms a store sells under, as the partner keeps them: shipping rates, tax rates, discount codes. */
export const internalTerms: FastifyPluginAsyncZod<InternalOptions> = async (app, options) => {
  app.register(shippingRateRoutes, options)
  app.register(taxRateRoutes, options)
  app.register(discountRoutes, options)
}

const shippingRateRoutes: FastifyPluginAsyncZod<InternalOptions> = async (app, options) => {
  underNoun(app, 'Shipping rates')
  termsRoutes(app, options, {
    path: 'shipping-rates',
    nouns: ['ShippingRate', 'shipping rate', 'ShippingRates'],
    Id: RateId,
    Input: ShippingRateInput,
    View: ShippingRateView,
    save: saveShippingRate,
    verbs: shippingRates,
    show: rate => rate,
    named: [],
  })
}

const taxRateRoutes: FastifyPluginAsyncZod<InternalOptions> = async (app, options) => {
  underNoun(app, 'Tax rates')
  termsRoutes(app, options, {
    path: 'tax-rates',
    nouns: ['TaxRate', 'tax rate', 'TaxRates'],
    Id: RateId,
    Input: TaxRateInput,
    View: TaxRateView,
    save: saveTaxRate,
    verbs: taxRates,
    show: (rate: StoredTaxRate) => ({ ...rate, percentage: toPercentage(rate.rate, 4) }),
    named: [TaxRateOverlaps],
  })
}

const discountRoutes: FastifyPluginAsyncZod<InternalOptions> = async (app, options) => {
  underNoun(app, 'Discounts')
  termsRoutes(app, options, {
    path: 'discounts',
    nouns: ['Discount', 'discount code', 'Discounts'],
    Id: DiscountCode,
    Input: DiscountInput,
    View: DiscountView,
    save: saveDiscount,
    verbs: discounts,
    show: ({ id, basis_points, ...discount }: StoredDiscount) => ({
      ...discount,
      code: id,
      percentage: basis_points === null ? null : toPercentage(basis_points, 2),
    }),
    named: [],
  })
}
