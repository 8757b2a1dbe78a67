import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import { expand } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { operation, type Resource } from '../engine/resource.ts'
import { ownAccount } from './accounts.ts'

/** A way into one Express dashboard. Its id is the secret in its URL. */
interface DashboardLink {
  id: string
  account: string
  created: number
  session: string | null
}

export const LoginLinks = collection<DashboardLink>({
  url: '/v1/login_links',
  noun: 'login link',
  prefix: 'lnk_',
})

/** Single-use links into a vendor's Express dashboard. */
export const loginLinks: Resource = {
  operations: [
    operation<{ expand?: string[] }>({
      method: 'POST',
      path: '/v1/accounts/:id/login_links',
      needs: 'connected_account.write',
      params: { expand },
      run(call): Stripe.LoginLink {
        const account = ownAccount(call, call.path.id!)
        if (!account.details_submitted) {
          throw invalid('Cannot create a login link for an account that has not completed onboarding.')
        }
        const link: DashboardLink = {
          id: newId('lnk_1', 40),
          account: account.id,
          created: now(),
          session: null,
        }
        call.books.of(LoginLinks).put(link)
        return {
          object: 'login_link',
          created: link.created,
          url: `${call.base}/console/express/${link.id}`,
        }
      },
    }),
  ],
}
