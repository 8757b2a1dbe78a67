import type Stripe from 'stripe'
import { type Books, collection } from './books.ts'
import { invalid } from './refusal.ts'
import type { World } from './world.ts'

/** Connected accounts, kept in the books of the platform that made them. */
export const Accounts = collection<Stripe.Account>({ url: '/v1/accounts', noun: 'account', prefix: 'acct_' })

/** Keeps a new connected account and opens books of its own for it. */
export function connect(world: World, platform: Books, account: Stripe.Account): void {
  platform.of(Accounts).put(account)
  world.of(account.id, platform.livemode).platform = platform.account
}

/** The connected account that a parameter names. 400 `resource_missing` when it is not this platform's. */
export function connectedAccount(books: Books, id: string, param: string): Stripe.Account {
  const account = books.of(Accounts).find(id)
  if (!account) {
    throw invalid(`No such destination: '${id}'`, { code: 'resource_missing', param })
  }
  return account
}
