import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { Uuid } from '../lib/wire.ts'
import { OnboardingRefused } from '../marketplace/accounts.ts'
import { dashboardLink, startOnboarding } from '../marketplace/links.ts'
import { type VendorOrder, vendorOrders } from '../marketplace/orders.ts'
import { vendorStatement } from '../marketplace/statement.ts'
import { standingOf, vendorStatus } from '../marketplace/status.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { statementCsv, statementModel } from './statement-model.ts'
import { MonthQuery, sendCsv } from './statements.ts'
import { deskOf } from './vendor-guard.ts'

const PAGE = 25
const Cursor = z.object({ cursor: Uuid.optional().catch(undefined) })
const limited = { rateLimit: { max: 30, timeWindow: '1 minute' } }

type Section = 'orders' | 'statement' | 'account'

/** What a vendor sees of a store: its own orders, its statement, and how it stands with Stripe. Nothing else. */
export const vendorDeskRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db, config } = deps

  app.get('/', { schema: { querystring: Cursor } }, async (request, reply) => {
    const { store, vendor, query } = request
    const page = { cursor: query.cursor, limit: PAGE }
    const { data, next_cursor } = await vendorOrders(db, store, vendor.id, page)
    return deskPage(request, reply, 'orders', 'desk-orders', {
      title: 'Orders',
      connected: vendor.connected,
      orders: data.map(shownOrder),
      first: query.cursor === undefined,
      next_cursor,
    })
  })

  app.get('/statement', { schema: { querystring: MonthQuery } }, async (request, reply) => {
    const { store, vendor, query } = request
    return deskPage(request, reply, 'statement', 'desk-statement', {
      title: 'Statement',
      address: `${placeOf(request)}/statement`,
      statement: statementModel(await vendorStatement(db, store, vendor.id, query.month)),
    })
  })

  app.get('/statement.csv', { schema: { querystring: MonthQuery } }, async (request, reply) => {
    const { store, vendor, query } = request
    const statement = await vendorStatement(db, store, vendor.id, query.month)
    return sendCsv(reply, `statement-${query.month}`, statementCsv(statement))
  })

  app.get('/account', async (request, reply) => accountPage(request, reply))

  // Links of Stripe's work once and for minutes: each visit gets a fresh one, also the one Stripe sends back here.
  app.get('/account/stripe', { config: limited }, async (request, reply) => {
    const page = `${config.publicUrl}${placeOf(request)}/account`
    const { store, vendor } = request
    return leadTo(request, reply, () => startOnboarding(deps, store, vendor, page))
  })

  app.get('/account/dashboard', { config: limited }, async (request, reply) =>
    leadTo(request, reply, () => dashboardLink(deps, request.store, request.vendor.id)),
  )

  async function leadTo(request: FastifyRequest, reply: FastifyReply, link: () => Promise<string>) {
    try {
      return reply.redirect(await link(), 303)
    } catch (error) {
      if (!(error instanceof OnboardingRefused || error instanceof StoreNotConnected)) throw error
      return accountPage(request, reply, 'That is not possible right now. If it stays so, tell the shop.')
    }
  }

  async function accountPage(request: FastifyRequest, reply: FastifyReply, problem?: string) {
    const status = await vendorStatus(deps, request.store, request.vendor.id)
    const standing = standingOf(status)
    const page = { title: 'Getting paid', standing, details: status.details_submitted, problem }
    return deskPage(request, reply, 'account', 'desk-account', page, problem ? 409 : 200)
  }
}

const placeOf = ({ store, vendor }: FastifyRequest) => deskOf({ store_id: store.id, vendor_id: vendor.id })

function deskPage(
  request: FastifyRequest,
  reply: FastifyReply,
  section: Section,
  template: string,
  page: { title: string } & Record<string, unknown>,
  status = 200,
): FastifyReply {
  const { store, vendor, owner } = request
  const model = {
    section,
    base: placeOf(request),
    store: { name: store.name, logo_url: store.logo_url, mode: store.mode },
    vendor: { name: vendor.name },
    owner: { email: owner.email },
    ...page,
    title: `${page.title} · ${vendor.name}`,
  }
  return reply.page(`vendors/${template}`, model, { locale: 'en', status })
}

function shownOrder(order: VendorOrder) {
  const money = (amount: number) => formatMoney({ amount, currency: order.currency }, 'en')
  return {
    code: order.confirmation_code,
    at: new Date(order.paid_at).toISOString(),
    items: order.lines
      .map(({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name))
      .join(', '),
    gross: money(order.gross),
    amount: money(order.amount - order.refunded),
    refunded: order.refunded > 0 ? money(order.refunded) : undefined,
    disputed: order.disputed,
  }
}
