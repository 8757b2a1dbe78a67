import type { House } from './house.ts'
import { json } from './shop.ts'

type Account = { keys: { account_id: string } }

/** Calls the sandbox's control API (src/sandbox/control/routes.ts). */
export async function control(house: House, method: string, path: string, body?: object) {
  const response = await fetch(`${house.deps.config.stripe.apiUrl}/console/api/${path}`, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return json(response)
}

/** Makes the next requests of this account go wrong (src/sandbox/engine/faults.ts says how). */
export const fault = (
  house: House,
  { keys }: Account,
  match: string,
  kind: string,
  more: { times?: number; ms?: number } = {},
) => control(house, 'POST', 'faults', { match, kind, account: keys.account_id, ...more })

/** Faults that are left, for one account. */
export const faultsLeft = async (house: House, { keys }: Account): Promise<number> =>
  (await control(house, 'GET', 'faults')).data
    .filter((one: { account?: string }) => one.account === keys.account_id)
    .reduce((sum: number, one: { times: number }) => sum + one.times, 0)

export const noFaults = (house: House, { keys }: Account) =>
  control(house, 'DELETE', `faults?account=${keys.account_id}`)

/** From now on no webhook of this account arrives. */
export const loseWebhooks = (house: House, { keys }: Account) =>
  control(house, 'POST', 'webhooks', { account: keys.account_id, drop: true })
