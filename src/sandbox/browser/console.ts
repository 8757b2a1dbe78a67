import type { FastifyInstance, FastifyReply } from 'fastify'
import { moveAccount } from '../api/accounts.ts'
import type { Standing } from '../api/connected_account.ts'
import type { Books } from '../engine/books.ts'
import { Accounts } from '../engine/connect.ts'
import { attempt, type Delivery, WebhookEndpoints } from '../engine/deliveries.ts'
import { eventObject } from '../engine/events.ts'
import { now } from '../engine/ids.ts'
import type { World } from '../engine/world.ts'
import { Charges } from '../payments/charges.ts'
import { PaymentIntents } from '../payments/intents.ts'
import { held, sendMissing, sendPage } from './hosted.ts'
import type { Html } from './html.ts'
import { merchantOf } from './merchant.ts'
import { accountPage } from './views/console_account.ts'
import { deliveryPage } from './views/console_delivery.ts'
import { homePage } from './views/console_home.ts'
import { paymentPage } from './views/console_payment.ts'
import { receiptPage } from './views/receipt.ts'

interface Act {
  Params: { id: string }
  Body: { act: string }
}
const delayMs = 30_000

/** The pages of whoever runs the sandbox: accounts, payments, deliveries, and buttons to act on them. */
export function consolePages(app: FastifyInstance, world: World): void {
  app.get('/console', (_request, reply) => show(reply, 'Accounts', homePage(world)))

  app.get<{ Params: { account: string; mode: string } }>(
    '/console/accounts/:account/:mode',
    (request, reply) => {
      const { account, mode } = request.params
      const books = world.books.get(`${account}/${mode}`)
      return books ? show(reply, account, accountPage(books)) : sendMissing(reply, 'account')
    },
  )

  app.get<Act>('/console/payments/:id', (request, reply) => {
    const found = held(world, PaymentIntents, request.params.id)
    if (!found) return sendMissing(reply, 'payment')
    return show(reply, found.object.id, paymentPage(found.books, found.object))
  })

  app.get<Act>('/console/receipts/:id', (request, reply) => {
    const found = held(world, Charges, request.params.id)
    if (!found) return sendMissing(reply, 'receipt')
    return sendPage(reply, {
      kind: 'hosted',
      title: 'Receipt',
      body: receiptPage(found.object, merchantOf(found.context)),
    })
  })

  app.get<Act>('/console/deliveries/:id', (request, reply) => {
    const found = findDelivery(world, request.params.id)
    if (!found) return sendMissing(reply, 'delivery')
    const { owner, delivery } = found
    return show(reply, delivery.type, deliveryPage(owner, delivery, sentBody(world, owner, delivery)))
  })

  app.post<Act>('/console/deliveries/:id', async (request, reply) => {
    const found = findDelivery(world, request.params.id)
    const verb = deliveryActs[request.body.act]
    if (!found || !verb) return sendMissing(reply, 'delivery')
    await verb(world, found.owner, found.delivery)
    world.changed()
    return reply.redirect(`/console/deliveries/${found.delivery.id}`, 303)
  })

  app.post<Act>('/console/connected/:id', (request, reply) => {
    const found = held(world, Accounts, request.params.id)
    const standing = standings.find(known => known === request.body.act)
    if (!found || !standing) return sendMissing(reply, 'account')
    moveAccount(found.context, found.object, standing)
    world.changed()
    const { account, livemode } = found.books
    return reply.redirect(`/console/accounts/${account}/${livemode ? 'live' : 'test'}`, 303)
  })
}

const standings: Standing[] = ['enabled', 'in_review', 'restricted']

const deliveryActs: Record<string, (world: World, owner: Books, delivery: Delivery) => Promise<void> | void> =
  {
    async duplicate(world, owner, delivery) {
      await Promise.all([attempt(world, owner, delivery), attempt(world, owner, delivery)])
    },
    delay(world, owner, delivery) {
      // Dropped for now, so that no other try comes first.
      if (delivery.status === 'pending') delivery.status = 'dropped'
      delivery.next_attempt_at = now() + delayMs / 1000
      world.later(delayMs, () => void attempt(world, owner, delivery))
    },
    drop(_world, _owner, delivery) {
      if (delivery.status === 'pending') delivery.status = 'dropped'
    },
  }

const show = (reply: FastifyReply, title: string, body: Html) =>
  sendPage(reply, { kind: 'console', title, body, scripts: ['/console/assets/console.js'] })

function findDelivery(world: World, id: string): { owner: Books; delivery: Delivery } | undefined {
  for (const owner of world.books.values()) {
    const delivery = owner.deliveries.find(kept => kept.id === id)
    if (delivery) return { owner, delivery }
  }
  return undefined
}

function sentBody(world: World, owner: Books, delivery: Delivery): object | null {
  const books = world.of(delivery.account, delivery.livemode)
  const event = books.events.find(delivery.event)
  const version = owner.of(WebhookEndpoints).find(delivery.endpoint)?.api_version ?? null
  return event ? eventObject(books, event, version, books === owner ? undefined : books.account) : null
}
