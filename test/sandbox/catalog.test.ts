import { expect, test } from 'vitest'
import { merchant, refusal } from './client.ts'

test('products and prices are made, listed, changed and found by product', async () => {
  const stripe = merchant()
  const mug = await stripe.products.create({ name: 'Mug', metadata: { sku: 'm1' } })
  const price = await stripe.prices.create({
    product: mug.id,
    currency: 'eur',
    unit_amount: 1250,
    lookup_key: 'mug',
  })
  expect(price).toMatchObject({
    object: 'price',
    active: true,
    type: 'one_time',
    product: mug.id,
    unit_amount: 1250,
  })
  await stripe.prices.create({ product_data: { name: 'Tea' }, currency: 'usd', unit_amount: 300 })
  expect((await stripe.products.list()).data.map(({ name }) => name)).toEqual(['Tea', 'Mug'])
  expect((await stripe.prices.list({ product: mug.id })).data.map(({ id }) => id)).toEqual([price.id])
  expect((await stripe.prices.list({ lookup_keys: ['mug'] })).data).toHaveLength(1)
  const changed = await stripe.products.update(mug.id, {
    active: false,
    description: 'Blue',
    metadata: { sku: '' },
  })
  expect(changed).toMatchObject({ active: false, description: 'Blue', metadata: {} })
  expect((await stripe.products.list({ active: true })).data).toHaveLength(1)
  expect(await stripe.products.del(mug.id)).toMatchObject({ deleted: true })
  expect(await refusal(stripe.products.retrieve(mug.id))).toMatchObject({ statusCode: 404 })
  const types = (await stripe.events.list()).data.map(({ type }) => type)
  expect(types).toEqual([
    'product.deleted',
    'product.updated',
    'price.created',
    'product.created',
    'price.created',
    'product.created',
  ])
})

test('coupons, promotion codes and tax rates are kept', async () => {
  const stripe = merchant()
  const coupon = await stripe.coupons.create({ id: 'SPRING', percent_off: 12.5, name: 'Spring' })
  expect(coupon).toMatchObject({ id: 'SPRING', percent_off: 12.5, valid: true, amount_off: null })
  const code = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: coupon.id },
    code: 'HELLO',
  })
  expect((await stripe.promotionCodes.list({ code: 'hello' })).data.map(({ id }) => id)).toEqual([code.id])
  const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: true, percentage: 7.7 })
  expect((await stripe.taxRates.update(rate.id, { active: false })).active).toBe(false)
  expect((await stripe.taxRates.list({ active: true })).data).toEqual([])
})

test.each([
  ['both kinds of discount', { percent_off: 10, amount_off: 5, currency: 'eur' }],
  ['neither kind', { name: 'Nothing' }],
  ['an amount without a currency', { amount_off: 5 }],
  ['more than all', { percent_off: 100.5 }],
])('a coupon with %s is refused', async (_what, params) => {
  expect(await refusal(merchant().coupons.create(params))).toMatchObject({ statusCode: 400 })
})

test('what the sandbox never makes can be listed all the same, and is empty', async () => {
  const stripe = merchant()
  const empty = { object: 'list', data: [], has_more: false }
  expect(await stripe.subscriptions.list({ status: 'all' })).toMatchObject(empty)
  expect(await stripe.invoices.list({ limit: 100 })).toMatchObject(empty)
  expect(await stripe.invoiceItems.list()).toMatchObject(empty)
  expect(await stripe.creditNotes.list()).toMatchObject(empty)
  expect(await stripe.payouts.list()).toMatchObject(empty)
  expect(await stripe.setupIntents.list()).toMatchObject(empty)
})
