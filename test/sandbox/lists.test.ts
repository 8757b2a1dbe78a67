import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { merchant, refusal } from './client.ts'

test('lists are paged newest first, forwards, backwards and by time', async () => {
  const stripe = merchant()
  const ids: string[] = []
  for (let i = 0; i < 25; i++)
    ids.unshift((await stripe.customers.create({ email: `c${i % 2}@a.example` })).id)
  const first = await stripe.customers.list()
  expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/customers' })
  expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 10))
  const next = await stripe.customers.list({ limit: 20, starting_after: first.data[9]!.id })
  expect(next.data.map(({ id }) => id)).toEqual(ids.slice(10))
  expect(next.has_more).toBe(false)
  const back = await stripe.customers.list({ limit: 3, ending_before: ids[10]! })
  expect(back.data.map(({ id }) => id)).toEqual(ids.slice(7, 10))
  const all: string[] = []
  for await (const customer of stripe.customers.list({ limit: 4, email: 'c1@a.example' }))
    all.push(customer.id)
  expect(all).toHaveLength(12)
  const created = first.data[0]!.created
  expect((await stripe.customers.list({ created: { gt: created } })).data).toEqual([])
  expect(
    (await stripe.customers.list({ created: { gte: created - 60, lte: created + 60 }, limit: 100 })).data,
  ).toHaveLength(25)
  expect(await refusal(stripe.customers.list({ limit: 101 }))).toMatchObject({
    code: 'parameter_invalid_integer',
    param: 'limit',
  })
  expect(await refusal(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
    param: 'starting_after',
  })
})

test('expand puts objects where ids were, and says what cannot be expanded', async () => {
  const stripe = merchant()
  const customer = await stripe.customers.create({ name: 'Ada' })
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    customer: customer.id,
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://shop.example/done',
    expand: ['latest_charge.balance_transaction', 'customer'],
  })
  expect(intent.customer).toMatchObject({ object: 'customer', name: 'Ada' })
  expect(intent.latest_charge).toMatchObject({
    balance_transaction: { object: 'balance_transaction', amount: 500 },
  })
  await stripe.refunds.create({ payment_intent: intent.id, amount: 100 })
  const list = await stripe.charges.list({ expand: ['data.refunds', 'data.payment_intent'] })
  expect(list.data[0]).toMatchObject({
    refunds: { data: [{ amount: 100 }] },
    payment_intent: { id: intent.id },
  })
  expect((await stripe.charges.list()).data[0]).not.toHaveProperty('refunds')
  // A field that this charge happens not to have may be named all the same.
  expect((await stripe.charges.list({ expand: ['data.transfer'] })).data[0]).not.toHaveProperty('transfer')
  const error = await refusal(stripe.charges.list({ expand: ['nonsense'] }))
  expect(error.message).toMatch(/^This property cannot be expanded \(nonsense\)/)
})

test('events are listed in order, by type and family', async () => {
  const stripe = merchant()
  const customer = await stripe.customers.create({})
  await stripe.customers.update(customer.id, { name: 'Ada' })
  await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
  const types = async (params: Stripe.EventListParams) =>
    (await stripe.events.list(params)).data.map(({ type }) => type)
  expect(await types({})).toEqual(['payment_intent.created', 'customer.updated', 'customer.created'])
  expect(await types({ type: 'customer.created' })).toEqual(['customer.created'])
  expect(await types({ type: 'customer.*' })).toEqual(['customer.updated', 'customer.created'])
  expect(await types({ types: ['customer.updated', 'payment_intent.created'] })).toEqual([
    'payment_intent.created',
    'customer.updated',
  ])
  const [newest, older] = (await stripe.events.list({ limit: 2 })).data
  expect((await stripe.events.list({ ending_before: older!.id })).data[0]!.id).toBe(newest!.id)
  expect((await refusal(stripe.events.retrieve('evt_none'))).code).toBe('resource_missing')
})
