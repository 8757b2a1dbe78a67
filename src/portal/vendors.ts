import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { VendorId } from '../catalog/schemas.ts'
import type { Deps } from '../deps.ts'
import { Problem } from '../lib/problem.ts'
import { createVendorLink } from '../marketplace/links.ts'
import { listPayouts } from '../marketplace/payouts.ts'
import { vendorStatus } from '../marketplace/status.ts'
import type { Vendor } from '../marketplace/table.ts'
import { findVendor, isVendor, listVendors, saveVendor } from '../marketplace/vendors.ts'
import { fieldErrors, readForm } from './forms.ts'
import { freeId } from './free-id.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { standingWords } from './standing.ts'
import { formPage, rateOf, VendorForm } from './vendor-form.ts'

const VendorParams = z.object({ vendor_id: VendorId })
const Cursor = z.object({ cursor: VendorId.optional().catch(undefined) })

/** Who sells in the store beside its owner. */
export const vendorRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  app.get('/vendors', { schema: { querystring: Cursor } }, async (request, reply) => {
    const { store, query } = request
    const [{ data, next_cursor }, payouts] = await Promise.all([
      listVendors(db, store, query),
      listPayouts(db, store),
    ])
    return portalPage(request, reply, 'vendors', 'vendors', {
      title: 'Vendors',
      vendors: data.map(vendor => ({
        id: vendor.id,
        name: vendor.name,
        email: vendor.email,
        commission: rateOf(vendor.commission_bps ?? store.commission_bps),
        badge: vendor.connected
          ? { tone: 'good', text: 'Connected' }
          : { tone: 'warn', text: vendor.stripe_account ? 'Not finished' : 'Not started' },
      })),
      open_payouts: payouts.length,
      first: query.cursor === undefined,
      next_cursor,
    })
  })

  app.get('/vendors/new', async (request, reply) => formPage(request, reply))

  app.post('/vendors/new', { config: CHANGES }, async (request, reply) => {
    const read = readForm(VendorForm, request.body)
    if ('errors' in read) return formPage(request, reply, undefined, read.errors)
    const id = await freeId('vendor', read.value.name, taken => isVendor(db, request.store, taken))
    return save(request, reply, id, read.value)
  })

  app.get('/vendors/:vendor_id', { schema: { params: VendorParams } }, async (request, reply) =>
    vendorPage(request, reply, request.params.vendor_id),
  )

  app.post(
    '/vendors/:vendor_id',
    { config: CHANGES, schema: { params: VendorParams } },
    async (request, reply) => {
      const vendor = await findVendor(db, request.store, request.params.vendor_id)
      const read = readForm(VendorForm, request.body)
      if ('errors' in read) return formPage(request, reply, vendor, read.errors)
      return save(request, reply, vendor.id, read.value, vendor)
    },
  )

  app.get('/vendors/:vendor_id/edit', { schema: { params: VendorParams } }, async (request, reply) =>
    formPage(request, reply, await findVendor(db, request.store, request.params.vendor_id)),
  )

  app.post(
    '/vendors/:vendor_id/onboarding-link',
    { config: CHANGES, schema: { params: VendorParams } },
    async (request, reply) => {
      const { vendor_id } = request.params
      const link = await createVendorLink(deps, request.store, vendor_id, undefined, actorOf(request))
      return vendorPage(request, reply, vendor_id, link.url)
    },
  )

  async function vendorPage(request: FastifyRequest, reply: FastifyReply, id: string, link?: string) {
    const { store } = request
    const vendor = await findVendor(db, store, id)
    const status = await vendorStatus(deps, store, id)
    const payouts = await listPayouts(db, store, { vendor: id })
    return portalPage(request, reply, 'vendors', 'vendor', {
      title: vendor.name,
      vendor: {
        id,
        name: vendor.name,
        email: vendor.email,
        country: vendor.country,
        commission: rateOf(vendor.commission_bps ?? store.commission_bps),
        own_rate: vendor.commission_bps !== null,
      },
      standing: standingWords(status),
      account_id: status.account_id,
      due: status.requirements.currently_due.map(name => name.replaceAll(/[._]/g, ' ')),
      open_payouts: payouts.length,
      link,
    })
  }

  async function save(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    { commission, ...value }: z.output<typeof VendorForm>,
    before?: Vendor,
  ): Promise<FastifyReply> {
    const input = { ...value, commission_bps: commission, business_type: before?.business_type ?? null }
    try {
      await saveVendor(deps, request.store, id, input, actorOf(request))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return formPage(request, reply, before, fieldErrors(error))
    }
    return back(request, reply, `/vendors/${id}`, 'vendor')
  }
}
