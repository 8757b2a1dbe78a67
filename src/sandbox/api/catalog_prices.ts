import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import {
  anything,
  expand,
  flag,
  form,
  int,
  listOf,
  must,
  one,
  paging,
  range,
  text,
} from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import type { Context } from '../engine/world.ts'
import { checkCurrency } from '../payments/currencies.ts'
import { interval, priceData } from './catalog_params.ts'
import { newProduct, Products } from './catalog_products.ts'

export const Prices = collection<Stripe.Price>({ url: '/v1/prices', noun: 'price', prefix: 'price_' })

interface Cost {
  currency: string
  product: string
  active?: boolean
  unit_amount?: number
  unit_amount_decimal?: unknown
  nickname?: string
  lookup_key?: string
  tax_behavior?: string
  recurring?: { interval: string; interval_count?: number }
  metadata?: Stripe.MetadataParam | ''
}

/** Puts a price (minor units) on a product. The sandbox counts whole units: no fractions of the smallest one. */
export function newPrice(context: Context, cost: Cost): Stripe.Price {
  const { books } = context
  const unit_amount = cost.unit_amount ?? Number(cost.unit_amount_decimal)
  if (!Number.isSafeInteger(unit_amount)) {
    throw invalid('The sandbox needs unit_amount, or a whole unit_amount_decimal.', { param: 'unit_amount' })
  }
  const { recurring } = cost
  const price: Stripe.Price = {
    id: newId('price_1'),
    object: 'price',
    active: cost.active ?? true,
    billing_scheme: 'per_unit',
    created: now(),
    currency: checkCurrency(cost.currency),
    custom_unit_amount: null,
    livemode: books.livemode,
    lookup_key: cost.lookup_key ?? null,
    metadata: mergeMetadata(null, cost.metadata),
    nickname: cost.nickname ?? null,
    product: cost.product,
    recurring: recurring
      ? {
          interval: recurring.interval,
          interval_count: recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: null,
          usage_type: 'licensed',
        }
      : null,
    tax_behavior: cost.tax_behavior ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? 'recurring' : 'one_time',
    unit_amount,
    // On the wire a decimal is text; stripe-node makes its own type of it.
    unit_amount_decimal: String(unit_amount) as unknown as Stripe.Price['unit_amount_decimal'],
  }
  books.of(Prices).put(price)
  emit(context, 'price.created', price)
  return price
}

/** What products cost. */
export const prices: Resource = {
  operations: [
    operation<Stripe.PriceCreateParams>({
      method: 'POST',
      path: '/v1/prices',
      needs: 'catalog.write',
      params: {
        ...priceData,
        active: flag,
        billing_scheme: one('per_unit'),
        currency_options: anything,
        custom_unit_amount: anything,
        expand,
        lookup_key: text(200),
        metadata,
        nickname: text(),
        product: text(),
        product_data: form<Stripe.PriceCreateParams.ProductData>({
          active: flag,
          id: text(),
          metadata,
          name: must(text()),
          statement_descriptor: text(22),
          tax_code: text(),
          tax_details: anything,
          unit_label: text(12),
        }),
        recurring: form<Stripe.PriceCreateParams.Recurring>({
          interval: must(interval),
          interval_count: int(1),
          meter: text(),
          trial_period_days: int(1),
          usage_type: one('licensed'),
        }),
        tiers: anything,
        tiers_mode: one('graduated', 'volume'),
        transfer_lookup_key: flag,
        transform_quantity: anything,
      },
      run(call) {
        const { params, books } = call
        const { product, product_data } = params
        if (product) books.need(Products, product, 'product')
        else if (!product_data) {
          throw invalid('You must pass either `product` or `product_data`.', { param: 'product' })
        }
        return newPrice(call, { ...params, product: product ?? newProduct(call, product_data!).id })
      },
    }),
    retrieving(Prices, 'catalog.read'),
    updating<Stripe.PriceUpdateParams, Stripe.Price>(
      Prices,
      'catalog.write',
      'price.updated',
      {
        active: flag,
        currency_options: anything,
        expand,
        lookup_key: text(200),
        metadata,
        nickname: text(),
        tax_behavior: one('exclusive', 'inclusive', 'unspecified'),
        transfer_lookup_key: flag,
      },
      (price, { active, lookup_key, nickname, tax_behavior }) => {
        if (active !== undefined) price.active = active
        if (lookup_key) price.lookup_key = lookup_key
        if (nickname) price.nickname = nickname
        if (tax_behavior) price.tax_behavior = tax_behavior
      },
    ),
    listing<Stripe.PriceListParams, Stripe.Price>(
      Prices,
      'catalog.read',
      {
        ...paging,
        active: flag,
        created: range,
        currency: text(3),
        expand,
        lookup_keys: listOf(text(), 10),
        product: text(),
        recurring: anything,
        type: one('one_time', 'recurring'),
      },
      (price, { active, currency, lookup_keys, product, type }) =>
        (active === undefined || price.active === active) &&
        (!currency || price.currency === currency) &&
        (!lookup_keys || lookup_keys.includes(price.lookup_key ?? '')) &&
        (!product || price.product === product) &&
        (!type || price.type === type),
    ),
  ],
}
