import { selfAccount } from '../api/account.ts'
import type { Books } from '../engine/books.ts'
import type { Context } from '../engine/world.ts'

/** The name a shopper sees for an account. */
export const merchantOf = (context: Context): string =>
  selfAccount(context).business_profile?.name ?? context.books.account

/** A publishable key of the account: keys need no registration, so any that names the account will do. */
export const publishableKeyOf = ({ account, livemode }: Books): string =>
  `pk_${livemode ? 'live' : 'test'}_51${account.slice('acct_1'.length)}HostedPages`
