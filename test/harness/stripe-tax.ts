import type { House } from './house.ts'
import { internal, json, newKeys, openShop, type Shop } from './shop.ts'

/** Calls the sandbox's API with the shop's secret key; form fields in Stripe's brackets. */
export async function atStripe(
  house: House,
  { keys }: Pick<Shop, 'keys'>,
  method: 'GET' | 'POST',
  path: string,
  fields?: Record<string, string>,
) {
  const response = await fetch(`${house.deps.config.stripe.apiUrl}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${keys.secret_key}` },
    ...(fields && { body: new URLSearchParams(fields) }),
  })
  return { status: response.status, body: await json(response) }
}

/** Sets Stripe Tax up in the account of a shop, as its owner does in the dashboard: an office in Germany. */
export const setUpTax = (house: House, shop: Pick<Shop, 'keys'>) =>
  atStripe(house, shop, 'POST', 'tax/settings', {
    'head_office[address][country]': 'DE',
    'head_office[address][line1]': 'Hauptstraße 1',
    'head_office[address][postal_code]': '10115',
    'defaults[tax_code]': 'txcd_99999999',
  })

/** Registers the account of a shop to collect tax in a country; in the United States in one state. */
export const register = (house: House, shop: Pick<Shop, 'keys'>, country: string, state?: string) => {
  const at = `country_options[${country.toLowerCase()}]`
  return atStripe(house, shop, 'POST', 'tax/registrations', {
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
