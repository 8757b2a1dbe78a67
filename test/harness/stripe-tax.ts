import { atStripe, callStripe } from './at-stripe.ts'
import type { House } from './house.ts'
import { untilPaid } from './paid-order.ts'
import { type Checkout, internal, newKeys, openShop, type Shop } from './shop.ts'

export const BERLIN = { country: 'DE', postal_code: '10115' }
export const SAN_FRANCISCO = { country: 'US', region: 'CA', postal_code: '94103' }
/** Where no shop is registered that says nothing of it. */
export const PARIS = { country: 'FR', postal_code: '75001' }

/** The calculation that an order was priced by, as Stripe has it. */
export const calculationAtStripe = (
  house: House,
  shop: Shop,
  order: { stripe_tax: { worked_out: { calculation: string } } },
) => atStripe(house, shop, `tax/calculations/${order.stripe_tax.worked_out.calculation}`)

/** The order, once its shopper is back from paying. */
export async function returned(house: House, shop: Shop, checkout: Pick<Checkout, 'url' | 'order_id'>) {
  await fetch(`${checkout.url}/return`, { redirect: 'manual' })
  return untilPaid(house, shop, checkout.order_id)
}

/** Sets Stripe Tax up in the account of a shop, as its owner does in the dashboard: an office in Germany. */
export const setUpTax = (house: House, shop: Pick<Shop, 'keys'>) =>
  callStripe(house, shop, 'POST', 'tax/settings', {
    'head_office[address][country]': 'DE',
    'head_office[address][line1]': 'Hauptstraße 1',
    'head_office[address][postal_code]': '10115',
    'defaults[tax_code]': 'txcd_99999999',
  })

/** Registers the account of a shop to collect tax in a country; in the United States in one state. */
export const register = (house: House, shop: Pick<Shop, 'keys'>, country: string, state?: string) => {
  const at = `country_options[${country.toLowerCase()}]`
  return callStripe(house, shop, 'POST', 'tax/registrations', {
    country,
    active_from: 'now',
    [`${at}[type]`]: state ? 'state_sales_tax' : 'standard',
    ...(state && { [`${at}[state]`]: state }),
  })
}

/** A shop whose taxes Stripe Tax works out: registered in Germany and California. */
export async function openTaxedShop(
  house: House,
  { inclusive = false, ...more }: { inclusive?: boolean } & Record<string, unknown> = {},
): Promise<Shop> {
  const shop = await openShop(house, newKeys(), more)
  await setUpTax(house, shop)
  await register(house, shop, 'DE')
  await register(house, shop, 'US', 'CA')
  const choice = { taxes: 'stripe', tax_inclusive: inclusive }
  const { status, body } = await internal(house, 'PUT', `/stores/${shop.id}/taxes`, choice)
  if (status !== 200) throw new Error(`taxes: ${JSON.stringify(body)}`)
  return shop
}
