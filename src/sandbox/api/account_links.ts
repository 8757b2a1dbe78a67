import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import { anything, expand, must, one, type Rule, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { operation, type Resource } from '../engine/resource.ts'
import { ownAccount } from './accounts.ts'

/** What a link remembers. Its id is the secret in its URL. */
interface OnboardingLink {
  id: string
  account: string
  created: number
  expires_at: number
  refresh_url: string
  return_url: string
  /** Set by the first visit, which also is the last: the form that it shows carries this. */
  session: string | null
}

export const AccountLinks = collection<OnboardingLink>({
  url: '/v1/account_links',
  noun: 'account link',
  prefix: 'alink_',
})

/** Stripe's links live a few minutes: they are for the vendor who is on the page right now. */
const lifetime = 5 * 60

const address: Rule<string> = {
  read(value, name) {
    const url = text(5000).read(value, name)
    if (!URL.canParse(url) || !/^https?:/.test(url))
      throw invalid('Not a valid URL', { code: 'url_invalid', param: name })
    return url
  },
}

/** Single-use links into the hosted onboarding. */
export const accountLinks: Resource = {
  operations: [
    operation<Stripe.AccountLinkCreateParams>({
      method: 'POST',
      path: '/v1/account_links',
      needs: 'connected_account.write',
      params: {
        account: must(text()),
        type: must(one('account_onboarding', 'account_update')),
        collect: one('currently_due', 'eventually_due'),
        collection_options: anything,
        expand,
        refresh_url: address,
        return_url: address,
      },
      run(call): Stripe.AccountLink {
        const { params, books } = call
        const account = ownAccount(call, params.account)
        if (params.type === 'account_update') {
          throw invalid(
            'You cannot create `account_update` type Account Links for this account. ' +
              'Valid link types for this account are: ["account_onboarding"].',
            { param: 'type' },
          )
        }
        for (const name of ['refresh_url', 'return_url'] as const) {
          if (!params[name]) throw invalid(`You must provide a ${name}.`, { param: name })
        }
        const link: OnboardingLink = {
          id: newId('alink_1', 40),
          account: account.id,
          created: now(),
          expires_at: now() + lifetime,
          refresh_url: params.refresh_url!,
          return_url: params.return_url!,
          session: null,
        }
        books.of(AccountLinks).put(link)
        const url = `${call.base}/console/onboarding/${link.id}`
        return { object: 'account_link', created: link.created, expires_at: link.expires_at, url }
      },
    }),
  ],
}
