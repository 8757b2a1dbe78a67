import type { House } from './house.ts'
import { json, type Keys } from './shop.ts'

type Account = { keys: Pick<Keys, 'secret_key'> }

/** Calls the sandbox's API with the secret key of an account, as its owner may; form fields in Stripe's brackets. */
export async function callStripe(
  house: House,
  { keys }: Account,
  method: 'GET' | 'POST' | 'DELETE',
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

/** What Stripe has in an account: an object, or a list. */
export const atStripe = async (house: House, account: Account, path: string) =>
  (await callStripe(house, account, 'GET', path)).body

/** What a list of Stripe has in it. */
export const listAtStripe = async (house: House, account: Account, path: string) =>
  (await atStripe(house, account, path)).data

export const intentAtStripe = (house: House, account: Account, id: string) =>
  atStripe(house, account, `payment_intents/${id}`)
