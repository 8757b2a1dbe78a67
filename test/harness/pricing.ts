import type { House } from './house.ts'
import { fromSomewhere, internal, json } from './shop.ts'

/** Saves terms of a store, or a product: the partner's PUT. Throws when it is refused. */
export async function put(house: House, storeId: string, path: string, body: object) {
  const answer = await internal(house, 'PUT', `/stores/${storeId}/${path}`, body)
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** What the pay page asks for when the shopper changes the price. */
export async function reprice(
  house: House,
  token: string,
  what: 'discount' | 'shipping' | 'billing',
  body?: object,
  from = fromSomewhere(),
) {
  const response = await fetch(`${house.url}/checkout/${token}/${what}`, {
    method: body ? 'POST' : 'DELETE',
    headers: {
      origin: house.url,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...from,
    },
    body: body && JSON.stringify(body),
  })
  return { status: response.status, body: await json(response) }
}
