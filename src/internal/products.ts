import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { deleteProduct, findProduct, listProducts, saveProduct } from '../catalog/catalog.ts'
import { ProductId, ProductInput, ProductView } from '../catalog/schemas.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { NotFound } from '../lib/problem.ts'
import { actorOf, type InternalOptions, PageQuery, StoreParams } from './caller.ts'

const ProductParams = StoreParams.extend({ product_id: ProductId })

/** The catalogue, as the partner keeps it. */
export const internalProducts: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  const { db } = deps
  const scoped = { scope: 'catalog' } as const
  underNoun(app, 'Products')

  app.put(
    '/stores/:store_id/products/:product_id',
    {
      config: scoped,
      schema: {
        operationId: 'saveProduct',
        summary: 'Create or replace a product',
        description:
          'The id is yours. Carts take the new price at once; orders keep the price they were made at.',
        params: ProductParams,
        body: ProductInput,
        response: { 200: ProductView, ...problems(NotFound) },
      },
      preHandler: withStore,
    },
    async request =>
      saveProduct(db, request.store, request.params.product_id, request.body, actorOf(request)),
  )

  app.get(
    '/stores/:store_id/products',
    {
      config: scoped,
      schema: {
        operationId: 'listProducts',
        summary: 'List the products',
        params: StoreParams,
        querystring: PageQuery,
        response: {
          200: z.object({ data: z.array(ProductView), next_cursor: z.string().nullable() }),
          ...problems(NotFound),
        },
      },
      preHandler: withStore,
    },
    async request => listProducts(db, request.store, request.query),
  )

  app.get(
    '/stores/:store_id/products/:product_id',
    {
      config: scoped,
      schema: {
        operationId: 'getProduct',
        summary: 'Read a product',
        params: ProductParams,
        response: { 200: ProductView, ...problems(NotFound) },
      },
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
      schema: {
        operationId: 'deleteProduct',
        summary: 'Delete a product',
        description: 'Orders that name it keep their lines.',
        params: ProductParams,
        response: { 204: z.null().describe('It is gone'), ...problems(NotFound) },
      },
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
