import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findProduct, listProducts, saveProduct } from '../catalog/catalog.ts'
import { ProductId } from '../catalog/schemas.ts'
import type { Product } from '../catalog/table.ts'
import type { Deps } from '../deps.ts'
import { formatMoney } from '../lib/money.ts'
import { NotFound } from '../lib/problem.ts'
import { vendorChoices } from '../marketplace/vendors.ts'
import type { FieldErrors } from './forms.ts'
import { newProductId } from './free-id.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { productPage, readProduct, refusedAt } from './product-form.ts'

const ActiveForm = z.object({ active: z.stringbool() })
const ProductParams = z.object({ product_id: ProductId })
/** A hundred variants with long names have room in it. */
const FORM = 256 * 1024
const Cursor = z.object({ cursor: ProductId.optional().catch(undefined) })

/** What the store sells. */
export const productRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const { db } = deps

  app.get('/products', { schema: { querystring: Cursor } }, async (request, reply) => {
    const { data, next_cursor } = await listProducts(db, request.store, request.query)
    return portalPage(request, reply, 'products', 'products', {
      title: 'Products',
      products: data.map(({ id, name, active, image_url, ...price }) => ({
        id,
        name,
        active,
        image_url,
        price: formatMoney({ amount: price.price, currency: price.currency }, 'en'),
      })),
      first: request.query.cursor === undefined,
      next_cursor,
    })
  })

  app.get('/products/new', async (request, reply) => draw(request, reply))

  app.post('/products/new', { config: CHANGES, bodyLimit: FORM }, async (request, reply) =>
    save(request, reply),
  )

  app.get('/products/:product_id', { schema: { params: ProductParams } }, async (request, reply) =>
    draw(request, reply, await known(request)),
  )

  app.post(
    '/products/:product_id',
    { config: CHANGES, bodyLimit: FORM, schema: { params: ProductParams } },
    async (request, reply) => save(request, reply, await known(request)),
  )

  app.post(
    '/products/:product_id/active',
    { config: CHANGES, schema: { params: ProductParams, body: ActiveForm } },
    async (request, reply) => {
      const { id, name, price, currency, image_url } = await known(request)
      const { active } = request.body
      await saveProduct(db, request.store, id, { name, price, currency, image_url, active }, actorOf(request))
      return back(request, reply, '/products', active ? 'product_active' : 'product_inactive')
    },
  )

  async function known(request: FastifyRequest): Promise<Product> {
    const { product_id } = request.params as z.infer<typeof ProductParams>
    const product = await findProduct(db, request.store, product_id)
    if (!product) throw new NotFound()
    return product
  }

  async function save(request: FastifyRequest, reply: FastifyReply, before?: Product): Promise<FastifyReply> {
    const read = await readProduct(request.body, before)
    if ('errors' in read) return draw(request, reply, before, read.errors)
    const { rows, ...value } = read.value
    const id = before?.id ?? (await newProductId(db, request.store, value.name))
    const input = { ...value, currency: request.store.currency, active: before?.active ?? true }
    try {
      await saveProduct(db, request.store, id, input, actorOf(request))
    } catch (error) {
      return draw(request, reply, before, refusedAt(error, rows))
    }
    return back(request, reply, '/products', 'product')
  }

  async function draw(
    request: FastifyRequest,
    reply: FastifyReply,
    product?: Product,
    errors: FieldErrors = {},
  ): Promise<FastifyReply> {
    return productPage(request, reply, await vendorChoices(db, request.store), product, errors)
  }
}
