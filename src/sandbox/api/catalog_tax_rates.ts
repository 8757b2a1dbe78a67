import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import { expand, flag, must, one, paging, range, text } from '../engine/params.ts'
import { listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import { percent } from './catalog_params.ts'

export const TaxRates = collection<Stripe.TaxRate>({
  url: '/v1/tax_rates',
  noun: 'tax rate',
  prefix: 'txr_',
})

const told = {
  active: flag,
  country: text(2),
  description: text(),
  expand,
  jurisdiction: text(50),
  metadata,
  state: text(2),
  tax_type: one('gst', 'hst', 'pst', 'sales_tax', 'vat'),
}

/** Taxes by hand: a share that is added to a price, or is in it already. */
export const taxRates: Resource = {
  operations: [
    operation<Stripe.TaxRateCreateParams>({
      method: 'POST',
      path: '/v1/tax_rates',
      needs: 'catalog.write',
      params: { ...told, display_name: must(text(50)), inclusive: must(flag), percentage: must(percent) },
      run(call) {
        const { params, books } = call
        const rate: Stripe.TaxRate = {
          id: newId('txr_1'),
          object: 'tax_rate',
          active: params.active ?? true,
          country: params.country ?? null,
          created: now(),
          description: params.description ?? null,
          display_name: params.display_name,
          effective_percentage: params.percentage,
          flat_amount: null,
          inclusive: params.inclusive,
          jurisdiction: params.jurisdiction ?? null,
          jurisdiction_level: null,
          livemode: books.livemode,
          metadata: mergeMetadata(null, params.metadata),
          percentage: params.percentage,
          rate_type: 'percentage',
          state: params.state ?? null,
          tax_type: params.tax_type ?? null,
        }
        books.of(TaxRates).put(rate)
        emit(call, 'tax_rate.created', rate)
        return rate
      },
    }),
    retrieving(TaxRates, 'catalog.read'),
    updating<Stripe.TaxRateUpdateParams, Stripe.TaxRate>(
      TaxRates,
      'catalog.write',
      'tax_rate.updated',
      { ...told, display_name: text(50) },
      (rate, { active, description, display_name, jurisdiction }) => {
        if (active !== undefined) rate.active = active
        if (description) rate.description = description
        if (display_name) rate.display_name = display_name
        if (jurisdiction) rate.jurisdiction = jurisdiction
      },
    ),
    listing<Stripe.TaxRateListParams, Stripe.TaxRate>(
      TaxRates,
      'catalog.read',
      { ...paging, active: flag, created: range, expand, inclusive: flag },
      (rate, { active, inclusive }) =>
        (active === undefined || rate.active === active) &&
        (inclusive === undefined || rate.inclusive === inclusive),
    ),
  ],
}
