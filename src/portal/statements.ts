import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { VendorId } from '../catalog/schemas.ts'
import type { Deps } from '../deps.ts'
import { vendorStatement } from '../marketplace/statement.ts'
import { Month } from '../marketplace/statement-schemas.ts'
import { findVendor } from '../marketplace/vendors.ts'
import { portalPage } from './page.ts'
import { statementCsv, statementModel, thisMonth } from './statement-model.ts'

const VendorParams = z.object({ vendor_id: VendorId })
export const MonthQuery = z.object({ month: Month.catch(thisMonth) })

/** What each vendor sold in a month and what is its own, for the store's owner. */
export const statementRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps
  const schema = { params: VendorParams, querystring: MonthQuery }

  app.get('/vendors/:vendor_id/statement', { schema }, async (request, reply) => {
    const { store, params, query } = request
    const { id, name } = await findVendor(db, store, params.vendor_id)
    const statement = await vendorStatement(db, store, id, query.month)
    return portalPage(request, reply, 'vendors', 'statement', {
      title: `Statement of ${name}`,
      vendor: { id, name },
      address: `/portal/${store.id}/vendors/${id}/statement`,
      up: { href: `/portal/${store.id}/vendors/${id}`, label: name },
      statement: statementModel(statement),
    })
  })

  app.get('/vendors/:vendor_id/statement.csv', { schema }, async (request, reply) => {
    const { store, params, query } = request
    return sendCsv(
      reply,
      `${params.vendor_id}-${query.month}`,
      statementCsv(await vendorStatement(db, store, params.vendor_id, query.month)),
    )
  })
}

/** A file to keep. */
export const sendCsv = (reply: FastifyReply, name: string, csv: string): FastifyReply =>
  reply
    .headers({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.csv"`,
      'cache-control': 'no-store',
    })
    .send(csv)
