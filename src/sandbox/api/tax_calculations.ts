import type Stripe from 'stripe'
import { type Books, collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import type { List } from '../engine/lists.ts'
import { expand, paging } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { type Call, operation, type Resource } from '../engine/resource.ts'
import { checkCurrency } from '../payments/currencies.ts'
import { fullAddress } from '../payments/method_details.ts'
import { breakdownOf, type CalculatedLine, calculate } from '../tax/calculate.ts'
import { placeOf } from '../tax/places.ts'
import { creating } from './tax_calculation_params.ts'
import { collectsAt } from './tax_registrations.ts'
import { needActiveTax } from './tax_settings.ts'

type Calculation = Stripe.Tax.Calculation & { id: string }
type Create = Stripe.Tax.CalculationCreateParams

/** How long a calculation can become a transaction: seconds. https://docs.stripe.com/tax/custom */
const VALID = 90 * 24 * 3600
const GENERAL_SHIPPING = 'txcd_92010001'
const GENERAL_GOODS = 'txcd_99999999'

export const TaxCalculations = collection<Calculation, CalculatedLine[]>({
  url: '/v1/tax/calculations',
  noun: 'tax calculation',
  prefix: 'taxcalc_',
  includes: { line_items: (books, calculation) => pageOf(books, calculation, {}) },
})

function pageOf(
  books: Books,
  { id }: { id: string },
  { limit = 10, starting_after }: Stripe.PaginationParams,
): List<Stripe.Tax.CalculationLineItem> {
  const lines = books.of(TaxCalculations).note(id)
  const from = starting_after ? lines.findIndex(line => line.id === starting_after) + 1 : 0
  return {
    object: 'list',
    data: lines.slice(from, from + limit),
    has_more: from + limit < lines.length,
    url: `${TaxCalculations.url}/${id}/line_items`,
  }
}

/** A calculation that can still become a transaction. 400 for one that has expired. */
export function validCalculation(books: Books, id: string, param: string): Calculation {
  const calculation = books.need(TaxCalculations, id, param)
  if (calculation.expires_at! > now()) return calculation
  throw invalid(`The tax calculation ${id} has expired.`, { param })
}

/** What tax is on something that is sold, worked out and nothing more. */
export const taxCalculations: Resource = {
  operations: [
    operation<Create>({
      method: 'POST',
      path: TaxCalculations.url,
      needs: 'tax.write',
      params: creating,
      run: make,
    }),
    operation<Stripe.Tax.CalculationRetrieveParams>({
      method: 'GET',
      path: `${TaxCalculations.url}/:id`,
      needs: 'tax.read',
      params: { expand },
      run: call => call.books.need(TaxCalculations, call.path.id!),
    }),
    operation<Stripe.Tax.CalculationListLineItemsParams>({
      method: 'GET',
      path: `${TaxCalculations.url}/:id/line_items`,
      needs: 'tax.read',
      params: { ...paging, expand },
      run: call => pageOf(call.books, call.books.need(TaxCalculations, call.path.id!), call.params),
    }),
  ],
}

function make(call: Call<Create>): Calculation {
  const { params, books } = call
  const settings = needActiveTax(books)
  const currency = checkCurrency(params.currency)
  const { customer_details: customer } = params
  if (!customer?.address || !customer.address_source) {
    const param = customer?.address ? 'customer_details[address_source]' : 'customer_details[address]'
    throw invalid(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  }
  const fallback = settings.defaults.tax_behavior === 'inclusive' ? 'inclusive' : 'exclusive'
  const taxCode = settings.defaults.tax_code ?? GENERAL_GOODS
  const id = newId('taxcalc_1')
  const references = new Set<string>()
  const things = params.line_items.map((line, index) => {
    const reference = line.reference ?? `L${index + 1}`
    if (references.has(reference)) {
      throw invalid('Each line item must have a unique reference.', {
        param: `line_items[${index}][reference]`,
      })
    }
    references.add(reference)
    return {
      ...line,
      reference,
      quantity: line.quantity ?? 1,
      tax_behavior: line.tax_behavior ?? fallback,
      tax_code: line.tax_code ?? taxCode,
    }
  })
  const location = placeOf(customer.address)
  const { shipping_cost } = params
  const worked = calculate({
    currency,
    place: location,
    collecting: collectsAt(books, location) && (customer.taxability_override ?? 'none') === 'none',
    livemode: books.livemode,
    lines: things,
    shipping: shipping_cost
      ? {
          amount: shipping_cost.amount ?? 0,
          tax_behavior: shipping_cost.tax_behavior ?? fallback,
          tax_code: shipping_cost.tax_code ?? GENERAL_SHIPPING,
        }
      : null,
  })
  const calculation: Calculation = {
    id,
    object: 'tax.calculation',
    amount_total: worked.amount_total,
    currency,
    customer: params.customer ?? null,
    customer_details: {
      address: fullAddress(customer.address as Stripe.AddressParam),
      address_source: customer.address_source,
      ip_address: customer.ip_address ?? null,
      tax_ids: [],
      taxability_override: customer.taxability_override ?? 'none',
    },
    expires_at: now() + VALID,
    livemode: books.livemode,
    ship_from_details: null,
    shipping_cost: worked.shipping,
    tax_amount_exclusive: worked.tax_amount_exclusive,
    tax_amount_inclusive: worked.tax_amount_inclusive,
    tax_breakdown: breakdownOf(worked),
    tax_date: params.tax_date ?? now(),
  }
  return books.of(TaxCalculations).put(calculation, worked.lines)
}
