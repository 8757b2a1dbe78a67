import type { FastifyInstance } from 'fastify'
import { LoginLinks } from '../api/login_links.ts'
import { Transfers } from '../api/transfers_made.ts'
import { Accounts } from '../engine/connect.ts'
import { random } from '../engine/ids.ts'
import type { World } from '../engine/world.ts'
import { balanceOf } from '../payments/balance.ts'
import { held, sendMissing, sendPage } from './hosted.ts'
import { merchantOf } from './merchant.ts'
import { expressPage } from './views/express.ts'

/** A vendor's Express dashboard, entered by a login link that works once. */
export function express(app: FastifyInstance, world: World): void {
  app.get<{ Params: { link: string } }>('/console/express/:link', (request, reply) => {
    const found = held(world, LoginLinks, request.params.link)
    const account = found?.books.of(Accounts).find(found.object.account)
    if (!found || !account || found.object.session) return sendMissing(reply, 'login link')
    found.object.session = random(32)
    world.changed()
    const { books, context } = found
    const received = [...books.of(Transfers).newest()].filter(({ destination }) => destination === account.id)
    return sendPage(reply, {
      kind: 'console',
      title: 'Express dashboard',
      body: expressPage({
        account,
        platform: merchantOf(context),
        balance: balanceOf(world.of(account.id, books.livemode)),
        received,
      }),
    })
  })
}
