import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now } from '../engine/ids.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import {
  anything,
  clearable,
  expand,
  flag,
  form,
  listOf,
  must,
  one,
  paging,
  range,
  text,
} from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { deleting, listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import type { Context } from '../engine/world.ts'
import { priceData } from './catalog_params.ts'
import { newPrice } from './catalog_prices.ts'

export const Products = collection<Stripe.Product>({
  url: '/v1/products',
  noun: 'product',
  prefix: 'prod_',
})

type Description = Pick<Stripe.ProductCreateParams, 'name'> & Partial<Stripe.ProductCreateParams>

/** Adds a product to the account's catalogue. */
export function newProduct(context: Context, given: Description): Stripe.Product {
  const { books } = context
  if (given.id && books.of(Products).find(given.id)) {
    throw invalid(`Product already exists.`, { code: 'resource_already_exists', param: 'id' })
  }
  const created = now()
  const product: Stripe.Product = {
    id: given.id ?? newId('prod_', 14),
    object: 'product',
    active: given.active ?? true,
    created,
    default_price: null,
    description: given.description ?? null,
    images: given.images ?? [],
    livemode: books.livemode,
    marketing_features: [],
    metadata: mergeMetadata(null, given.metadata),
    name: given.name,
    package_dimensions: null,
    shippable: given.shippable ?? null,
    statement_descriptor: given.statement_descriptor ?? null,
    tax_code: given.tax_code ?? null,
    tax_details: null,
    type: given.type ?? 'service',
    unit_label: given.unit_label ?? null,
    updated: created,
    url: given.url ?? null,
  }
  books.of(Products).put(product)
  emit(context, 'product.created', product)
  return product
}

/** What a merchant sells, for the mirror and for Checkout. */
export const products: Resource = {
  operations: [
    operation<Stripe.ProductCreateParams>({
      method: 'POST',
      path: '/v1/products',
      needs: 'catalog.write',
      params: {
        name: must(text()),
        active: flag,
        default_price_data: form<Stripe.ProductCreateParams.DefaultPriceData>({
          ...priceData,
          currency_options: anything,
          custom_unit_amount: anything,
          metadata,
        }),
        description: text(40_000),
        expand,
        id: text(),
        images: listOf(text(), 8),
        marketing_features: anything,
        metadata,
        package_dimensions: anything,
        shippable: flag,
        statement_descriptor: text(22),
        tax_code: text(),
        tax_details: anything,
        type: one('good', 'service'),
        unit_label: text(12),
        url: text(),
      },
      run(call) {
        const { default_price_data } = call.params
        const product = newProduct(call, call.params)
        if (default_price_data) {
          product.default_price = newPrice(call, { ...default_price_data, product: product.id }).id
        }
        return product
      },
    }),
    retrieving(Products, 'catalog.read'),
    updating<Stripe.ProductUpdateParams, Stripe.Product>(
      Products,
      'catalog.write',
      'product.updated',
      {
        active: flag,
        default_price: text(),
        description: clearable(text(40_000)),
        expand,
        images: clearable(listOf(text(), 8)),
        marketing_features: anything,
        metadata,
        name: text(),
        package_dimensions: anything,
        shippable: flag,
        statement_descriptor: text(22),
        tax_code: clearable(text()),
        tax_details: anything,
        unit_label: clearable(text(12)),
        url: clearable(text()),
      },
      (product, { active, default_price, description, images, name, shippable, url }) => {
        Object.assign(product, {
          ...(active === undefined ? {} : { active }),
          ...(default_price ? { default_price } : {}),
          ...(description === undefined ? {} : { description: description || null }),
          ...(images === undefined ? {} : { images: images || [] }),
          ...(name ? { name } : {}),
          ...(shippable === undefined ? {} : { shippable }),
          ...(url === undefined ? {} : { url: url || null }),
          updated: now(),
        })
      },
    ),
    listing<Stripe.ProductListParams, Stripe.Product>(
      Products,
      'catalog.read',
      {
        ...paging,
        active: flag,
        created: range,
        expand,
        ids: listOf(text(), 100),
        shippable: flag,
        type: one('good', 'service'),
        url: text(),
      },
      (product, { active, ids }) =>
        (active === undefined || product.active === active) && (!ids || ids.includes(product.id)),
    ),
    deleting(Products, 'catalog.write', (call, product) => emit(call, 'product.deleted', product)),
  ],
}
