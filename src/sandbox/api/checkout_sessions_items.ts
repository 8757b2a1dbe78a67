import type Stripe from 'stripe'
import { newId } from '../engine/ids.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import { invalid } from '../engine/refusal.ts'
import type { Context } from '../engine/world.ts'
import { Coupons, PromotionCodes } from './catalog_coupons.ts'
import { newPrice, Prices } from './catalog_prices.ts'
import { newProduct, Products } from './catalog_products.ts'
import { TaxRates } from './catalog_tax_rates.ts'
import { type Priced, reckon, takenOff } from './checkout_sessions_totals.ts'

type Params = Stripe.Checkout.SessionCreateParams
type Wanted = NonNullable<Params['line_items']>[number]

/** What a session asks for, worked out. Minor units. */
export interface Bill {
  currency: string
  lines: Stripe.LineItem[]
  coupon: Stripe.Coupon | undefined
  promotion_code: string | null
  amount_subtotal: number
  amount_discount: number
  amount_tax: number
  amount_total: number
}

/** Prices the line items of a session. Refuses unknown prices, mixed currencies and empty lists. */
export function bill(context: Context, params: Params): Bill {
  const { books } = context
  const wanted = params.line_items ?? []
  if (wanted.length === 0) {
    throw invalid('You must specify either `line_items` or `mode: setup`.', {
      code: 'parameter_missing',
      param: 'line_items',
    })
  }
  const prices = wanted.map((item, index) => priceOf(context, item, index))
  const currency = prices[0]!.currency
  for (const [index, price] of prices.entries()) {
    if (price.currency === currency) continue
    throw invalid(
      `All prices on a Checkout Session must have the same currency; line item ${index} has ${price.currency}, ` +
        `not ${currency}.`,
      { param: `line_items[${index}]` },
    )
  }
  const priced = wanted.map((item, index): Priced => {
    const rates = (item.tax_rates ?? []).map(id =>
      books.need(TaxRates, id, `line_items[${index}][tax_rates]`),
    )
    return { subtotal: (prices[index]!.unit_amount ?? 0) * (item.quantity ?? 1), rates }
  })
  const amount_subtotal = priced.reduce((sum, line) => sum + line.subtotal, 0)
  const { coupon, promotion_code } = couponOf(context, params, currency)
  const amount_discount = takenOff(coupon, amount_subtotal)
  const reckoned = reckon(priced, amount_discount)
  const lines = wanted.map((item, index): Stripe.LineItem => {
    const price = prices[index]!
    const { discount, tax, total, taxes } = reckoned[index]!
    return {
      id: newId('li_1'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: discount,
      amount_subtotal: priced[index]!.subtotal,
      amount_tax: tax,
      amount_total: total,
      currency,
      description: books.of(Products).find(String(price.product))?.name ?? null,
      discounts: [],
      metadata: mergeMetadata(null, item.metadata),
      price,
      quantity: item.quantity ?? 1,
      taxes: taxes.map(entry => ({ ...entry, taxability_reason: null })),
    }
  })
  return {
    currency,
    lines,
    coupon,
    promotion_code,
    amount_subtotal,
    amount_discount,
    amount_tax: lines.reduce((sum, line) => sum + line.amount_tax, 0),
    amount_total: lines.reduce((sum, line) => sum + line.amount_total, 0),
  }
}

function priceOf(context: Context, item: Wanted, index: number): Stripe.Price {
  const { books } = context
  const param = `line_items[${index}]`
  const { price, price_data } = item
  if ((price === undefined) === (price_data === undefined)) {
    throw invalid('You must specify exactly one of `price` or `price_data`.', { param })
  }
  if (item.quantity === undefined) {
    throw invalid(`Quantity is required. Add \`quantity\` to \`${param}\``, { param })
  }
  if (price) return oneTime(books.need(Prices, price, `${param}[price]`), param)
  const { product, product_data } = price_data!
  if (product) books.need(Products, product, `${param}[price_data][product]`)
  else if (!product_data) {
    throw invalid(`You must pass either \`product\` or \`product_data\` in \`${param}[price_data]\`.`, {
      param,
    })
  }
  return oneTime(
    newPrice(context, {
      ...price_data!,
      active: false,
      product: product ?? newProduct(context, { ...product_data!, active: false }).id,
    }),
    param,
  )
}

function oneTime(price: Stripe.Price, param: string): Stripe.Price {
  if (price.type === 'one_time') return price
  throw invalid(
    'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only ' +
      'one-time prices.',
    { param },
  )
}

function couponOf(context: Context, params: Params, currency: string) {
  const { books } = context
  const [given] = params.discounts ?? []
  const code = given?.promotion_code
    ? books.need(PromotionCodes, given.promotion_code, 'discounts[0][promotion_code]')
    : undefined
  const id = given?.coupon ?? code?.promotion.coupon
  const coupon = id ? books.need(Coupons, String(id), 'discounts[0][coupon]') : undefined
  if (coupon?.currency && coupon.currency !== currency) {
    throw invalid(`The coupon ${coupon.id} is in ${coupon.currency}, not in ${currency}.`, {
      param: 'discounts',
    })
  }
  return { coupon, promotion_code: code?.id ?? null }
}
