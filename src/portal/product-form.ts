import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { TaxClass, TaxCode, VendorId } from '../catalog/schemas.ts'
import type { Product } from '../catalog/table.ts'
import { toDecimal } from '../lib/money.ts'
import { BadInput } from '../lib/problem.ts'
import { line, WebUrl } from '../lib/wire.ts'
import { Decimal, type FieldErrors, optional, readForm, ticked, typed, Whole } from './forms.ts'
import { portalPage } from './page.ts'
import { atRows, readVariants, variantRows, variantValues } from './variant-form.ts'

const WRONG_PRICE = 'Write the price as a number, such as 12.99.'

const ProductForm = z.object({
  name: z.string().trim().min(1, 'Give it a name.').pipe(line(250)),
  price: optional(Decimal, WRONG_PRICE).pipe(z.string(WRONG_PRICE)),
  image_url: optional(WebUrl, 'This is not the address of a picture. Example: https://…'),
  stock: optional(Whole, 'Write how many there are, such as 12.').optional(),
  stock_was: z.string().optional(),
  tax_class: optional(TaxClass, 'Up to 50 small letters, digits, _ and -.').optional(),
  tax_code: optional(TaxCode, 'This is not a tax code of Stripe’s: txcd_ and eight digits.').optional(),
  vendor_id: optional(VendorId, 'This is not a vendor of this store.').optional(),
  shippable: ticked,
})

/** Reads the form of a product: what to save, or what to say at which field. */
export async function readProduct(body: unknown, before?: Product) {
  const plain = readForm(ProductForm, body)
  const variants = await readVariants(body, before?.variants ?? [])
  if ('errors' in plain || 'errors' in variants) {
    const errors = { ...('errors' in plain && plain.errors), ...('errors' in variants && variants.errors) }
    return { errors }
  }
  const { stock, stock_was, ...value } = plain.value
  // What was not touched stays, however much was sold while the form was open.
  const touched = stock_was === undefined || stock_was !== (stock?.toString() ?? '')
  const { rows = [], variants: list } = variants.value ?? {}
  return { value: { ...value, rows, variants: list, ...(touched && { stock }) } }
}

/** What the catalogue refused, at the fields of the form; anything but BadInput is thrown again. */
export function refusedAt(error: unknown, rows: readonly number[]): FieldErrors {
  if (!(error instanceof BadInput) || !error.errors) throw error
  return atRows(
    error.errors.map(({ pointer, detail }) => [pointer, `This ${detail}.`]),
    rows,
  )
}

/** The form of a new product, or of one that is there; with what is wrong in it. */
export function productPage(
  request: FastifyRequest,
  reply: FastifyReply,
  vendors: { id: string; name: string }[],
  product?: Product,
  errors: FieldErrors = {},
): FastifyReply {
  const wrong = Object.keys(errors).length > 0
  const values = wrong ? typed(request.body) : product ? valuesOf(product) : { shippable: 'on' }
  return portalPage(
    request,
    reply,
    'products',
    'product',
    {
      title: product?.name ?? 'New product',
      product: product && { id: product.id, name: product.name, active: product.active },
      currency: request.store.currency.toUpperCase(),
      by_stripe: request.store.taxes === 'stripe',
      stock_was: product?.stock?.toString() ?? '',
      vendors,
      variants: variantRows(product?.variants ?? [], values),
      values,
      errors,
    },
    wrong ? 422 : 200,
  )
}

const valuesOf = (product: Product): Record<string, string> => ({
  name: product.name,
  price: toDecimal({ amount: product.price, currency: product.currency }),
  image_url: product.image_url ?? '',
  stock: product.stock?.toString() ?? '',
  tax_class: product.tax_class ?? '',
  tax_code: product.tax_code ?? '',
  vendor_id: product.vendor_id ?? '',
  shippable: product.shippable ? 'on' : '',
  ...variantValues(product),
})
