import { atStripe, listAtStripe } from './at-stripe.ts'
import type { House } from './house.ts'
import { confirm, fromSomewhere, json, openCheckout, type Shop } from './shop.ts'

/** Opens a checkout that is paid on Stripe's page, as its shopper does: where that leads. */
export async function goToStripe(house: House, token: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`${house.url}/checkout/${token}`, {
    redirect: 'manual',
    headers: { ...fromSomewhere(), ...headers },
  })
  return { status: answer.status, url: answer.headers.get('location') ?? '' }
}

export type At = { country: string; state?: string; postal_code?: string }

/** Pays on Stripe's page, as far as its server hears of it: by a test card, or from an IBAN (in days, not at once). */
export async function payAtStripe(
  house: House,
  shop: Shop,
  url: string,
  means = 'pm_card_visa',
  email = 'ada@example.com',
  at: At | undefined = undefined,
): Promise<number> {
  const body = new URLSearchParams({ email, ...at })
  const answer = await fetch(`${url}/pay`, { method: 'POST', body })
  if (!answer.ok) return answer.status
  const method = means.startsWith('pm_') ? means : await debit(house, shop, means)
  return (await confirm(house, shop, (await json(answer)).client_secret, method)).status
}

async function debit(house: House, shop: Shop, iban: string): Promise<string> {
  const answer = await fetch(`${house.deps.config.stripe.apiUrl}/v1/payment_methods`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.keys.publishable_key}` },
    body: new URLSearchParams({
      type: 'sepa_debit',
      'sepa_debit[iban]': iban,
      'billing_details[name]': 'Ada',
      'billing_details[email]': 'ada@example.com',
    }),
  })
  return (await json(answer)).id
}

/** A page as Stripe has it. */
export const pageAtStripe = (house: House, shop: Shop, url: string) =>
  atStripe(
    house,
    shop,
    `checkout/sessions/${url.split('/').at(-1)}?expand[]=line_items&expand[]=payment_intent`,
  )

/** All pages of an account. */
export const pagesAtStripe = (house: House, shop: Shop) =>
  listAtStripe(house, shop, 'checkout/sessions?limit=100')

/** A checkout that is paid on Stripe's own page. */
export const openForStripe = (house: House, shop: Shop, more: object = {}) =>
  openCheckout(house, shop, { ui: 'stripe', ...more })
