import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { findProduct, listProducts, saveProduct } from '../catalog/catalog.ts'
import { ProductId } from '../catalog/schemas.ts'
import type { Product } from '../catalog/table.ts'
import type { Deps } from '../deps.ts'
import { formatMoney, toDecimal } from '../lib/money.ts'
import { NotFound } from '../lib/problem.ts'
import { HttpsUrl, line } from '../lib/wire.ts'
import { type FieldErrors, fieldErrors, optional, readForm, typed } from './forms.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { newProductId } from './product-id.ts'

const ProductForm = z.object({
  name: z.string().trim().min(1, 'Give it a name.').pipe(line(250)),
  price: z
    .string()
    .trim()
    .transform(text => text.replace(',', '.'))
    .pipe(z.string().regex(/^\d{1,12}(\.\d{1,3})?$/, 'Write the price as a number, such as 12.99.')),
  image_url: optional(HttpsUrl, 'This is not the address of a picture. Example: https://…'),
})

const ActiveForm = z.object({ active: z.stringbool() })
const ProductParams = z.object({ product_id: ProductId })
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

  app.get('/products/new', async (request, reply) => productPage(request, reply))

  app.post('/products/new', { config: CHANGES }, async (request, reply) => {
    const read = readForm(ProductForm, request.body)
    if ('errors' in read) return productPage(request, reply, undefined, read.errors)
    return save(request, reply, await newProductId(db, request.store, read.value.name), read.value)
  })

  app.get('/products/:product_id', { schema: { params: ProductParams } }, async (request, reply) =>
    productPage(request, reply, await known(request)),
  )

  app.post(
    '/products/:product_id',
    { config: CHANGES, schema: { params: ProductParams } },
    async (request, reply) => {
      const product = await known(request)
      const read = readForm(ProductForm, request.body)
      if ('errors' in read) return productPage(request, reply, product, read.errors)
      return save(request, reply, product.id, read.value, product)
    },
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

  async function save(
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    value: z.output<typeof ProductForm>,
    before?: Product,
  ): Promise<FastifyReply> {
    const input = { ...value, currency: request.store.currency, active: before?.active ?? true }
    try {
      await saveProduct(db, request.store, id, input, actorOf(request))
    } catch (error) {
      return productPage(request, reply, before, fieldErrors(error))
    }
    return back(request, reply, '/products', 'product')
  }
}

function productPage(
  request: FastifyRequest,
  reply: FastifyReply,
  product?: Product,
  errors: FieldErrors = {},
): FastifyReply {
  const saved = product && {
    name: product.name,
    price: toDecimal({ amount: product.price, currency: product.currency }),
    image_url: product.image_url ?? '',
  }
  const wrong = Object.keys(errors).length > 0
  return portalPage(
    request,
    reply,
    'products',
    'product',
    {
      title: product?.name ?? 'New product',
      product: product && { id: product.id, name: product.name, active: product.active },
      currency: request.store.currency.toUpperCase(),
      values: wrong ? typed(request.body) : (saved ?? {}),
      errors,
    },
    wrong ? 422 : 200,
  )
}
