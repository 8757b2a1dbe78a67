import type { FastifyInstance } from 'fastify'
import { AccountLinks } from '../api/account_links.ts'
import { changeAccount } from '../api/accounts.ts'
import { describeBusiness, place, type Standing } from '../api/connected_account.ts'
import { Accounts } from '../engine/connect.ts'
import { now, random } from '../engine/ids.ts'
import type { World } from '../engine/world.ts'
import { held, sendMissing, sendPage } from './hosted.ts'
import { merchantOf } from './merchant.ts'
import { onboardingPage } from './views/onboarding.ts'

interface Told {
  session: string
  email: string
  business_name: string
  business_type: 'individual' | 'company' | 'non_profit'
  outcome: Standing
}

/** The hosted onboarding of a connected account, entered by an account link. */
export function onboarding(app: FastifyInstance, world: World): void {
  app.get<{ Params: { link: string } }>('/console/onboarding/:link', (request, reply) => {
    const found = held(world, AccountLinks, request.params.link)
    if (!found) return sendMissing(reply, 'account link')
    const { object: link, books, context } = found
    const account = books.of(Accounts).find(link.account)
    // Visited before, or too old: Stripe sends the vendor to the platform for a fresh link.
    if (!account || link.session || now() > link.expires_at) return reply.redirect(link.refresh_url, 303)
    link.session = random(32)
    world.changed()
    return sendPage(reply, {
      kind: 'hosted',
      title: 'Onboarding',
      body: onboardingPage({
        account,
        platform: merchantOf(context),
        action: `/console/onboarding/${link.id}`,
        session: link.session,
      }),
    })
  })

  app.post<{ Params: { link: string }; Body: Told }>('/console/onboarding/:link', (request, reply) => {
    const found = held(world, AccountLinks, request.params.link)
    const { session, outcome, email, business_name, business_type } = request.body
    if (!found?.object.session || found.object.session !== session) return sendMissing(reply, 'onboarding')
    const { object: link, books, context } = found
    const account = books.of(Accounts).find(link.account)
    if (!account) return sendMissing(reply, 'account')
    if (outcome === 'enabled' || outcome === 'in_review') {
      changeAccount(context, account, () => {
        account.email = email || account.email
        account.business_type = business_type
        if (business_name) describeBusiness(account, { name: business_name })
        place(account, outcome)
      })
    }
    world.changed()
    return reply.redirect(link.return_url, 303)
  })
}
