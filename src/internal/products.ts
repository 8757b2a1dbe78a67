import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { deleteProduct, findProduct, saveProduct } from '../catalog/catalog.ts'
import { ProductId, ProductInput, ProductView } from '../catalog/schemas.ts'
import { NotFound } from '../lib/problem.ts'
import { actorOf, type InternalOptions, StoreParams } from './caller.ts'

const ProductParams = StoreParams.extend({ product_id: ProductId })

/** The catalogue, as the partner keeps it. */
export const internalProducts: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  const { db } = deps
  const scoped = { scope: 'catalog' } as const

  app.put(
    '/stores/:store_id/products/:product_id',
    {
      config: scoped,
      schema: { params: ProductParams, body: ProductInput, response: { 200: ProductView } },
      preHandler: withStore,
    },
    async request =>
      saveProduct(db, request.store, request.params.product_id, request.body, actorOf(request)),
  )

  app.get(
    '/stores/:store_id/products/:product_id',
    {
      config: scoped,
      schema: { params: ProductParams, response: { 200: ProductView } },
      preHandler: withStore,
    },
    async request => {
      const product = await findProduct(db, request.store, request.params.product_id)
      if (!product) throw new NotFound('There is no such product.')
      return product
    },
  )

  app.delete(
    '/stores/:store_id/products/:product_id',
    {
      config: scoped,
      schema: { params: ProductParams, response: { 204: z.null() } },
      preHandler: withStore,
    },
    async (request, reply) => {
      const { product_id } = request.params
      if (!(await deleteProduct(db, request.store, product_id, actorOf(request)))) {
        throw new NotFound('There is no such product.')
      }
      return reply.code(204).send(null)
    },
  )
}
