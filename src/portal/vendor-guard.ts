import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'
import { readId } from '../lib/ids.ts'
import { NotFound } from '../lib/problem.ts'
import { findVendor, type ShownVendor } from '../marketplace/vendors.ts'
import { findSeat, type Seat } from '../owners/stores.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The vendor whose desk the path names, and who is signed in. */
    vendor: ShownVendor
  }
}

/** The pages of one vendor. */
export const deskOf = ({ store_id, vendor_id }: Pick<Seat, 'store_id' | 'vendor_id'>): string =>
  `/vendor/${store_id}/${vendor_id}`

/** Finds the vendor of the path, for whoever sells under its address. Another one is not found. */
export function guardVendor(app: FastifyInstance, { db }: Deps): void {
  app.decorateRequest('store', null as never)
  app.decorateRequest('vendor', null as never)
  app.addHook('onRequest', async request => {
    const { store_id, vendor_id } = request.params as { store_id: string; vendor_id: string }
    const id = readId(store_id)
    const store = id ? await findSeat(db, request.owner, { store_id: id, vendor_id }) : undefined
    if (!store) throw new NotFound()
    request.store = store
    request.vendor = await findVendor(db, store, vendor_id)
  })
}
