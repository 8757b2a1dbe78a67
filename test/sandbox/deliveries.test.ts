import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { control, merchant } from './client.ts'
import { arrived, type Delivery, subscribed, verifier } from './receiving.ts'

test('a delivery is tried again until the endpoint says 2xx', async () => {
  const { account, stripe, received, endpoint, deliveries } = await subscribed({ answers: [500, 302, 200] })
  await control('webhooks', { account, retry_ms: [20] })
  await stripe.customers.create({})
  await arrived(received, 3)
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(1)
  for (const { body, headers } of received)
    verifier.webhooks.constructEvent(body, headers['stripe-signature']!, endpoint.secret!)
  await expect
    .poll(async () => (await deliveries())[0])
    .toMatchObject({
      status: 'delivered',
      attempts: [{ status: 500, body: 'thanks' }, { status: 302 }, { status: 200 }],
    })
})

test('after sixteen tries Stripe gives up', async () => {
  const { account, stripe, received, deliveries } = await subscribed({ answers: [500] })
  await control('webhooks', { account, retry_ms: [1] })
  await stripe.customers.create({})
  await arrived(received, 16)
  await expect.poll(async () => (await deliveries())[0]?.status).toBe('failed')
})

test('deliveries can be held, doubled, lost, shuffled and sent again', async () => {
  const { account, stripe, received, deliveries } = await subscribed()
  await control('webhooks', { account, paused: true })
  await stripe.customers.create({ name: 'held' })
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(received).toHaveLength(0)
  await control('webhooks', { account, paused: false })
  await arrived(received, 1)
  await control('webhooks', { account, duplicate: true })
  await stripe.customers.create({ name: 'twice' })
  await arrived(received, received.length + 2)
  await control('webhooks', { account, duplicate: false, drop: true })
  await stripe.customers.create({ name: 'lost' })
  await expect.poll(async () => (await deliveries())[0]).toMatchObject({ status: 'dropped', attempts: [] })
  await control(`webhooks?account=${account}`, undefined, 'DELETE')
  const before = received.length
  await control(`deliveries/${(await deliveries())[0]!.id}/resend`, {})
  expect(received).toHaveLength(before + 1)
  expect(received.at(-1)!.event.data.object).toMatchObject({ name: 'lost' })
  await control('webhooks', { account, shuffle: true })
  for (let i = 0; i < 20; i++) await stripe.customers.create({ name: `n${i}` })
  await arrived(received, before + 21)
  const names = received.slice(before + 1).map(({ event }) => (event.data.object as Stripe.Customer).name)
  expect([...names].sort()).toEqual(Array.from({ length: 20 }, (_, i) => `n${i}`).sort())
})

test('a disabled or deleted endpoint hears nothing', async () => {
  const { stripe, received, endpoint } = await subscribed()
  expect(await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).toMatchObject({
    status: 'disabled',
  })
  await stripe.customers.create({})
  expect(await stripe.webhookEndpoints.update(endpoint.id, { disabled: false })).not.toHaveProperty('secret')
  expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ id: endpoint.id, deleted: true })
  await stripe.customers.create({})
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(received).toEqual([])
})

test('only this machine is ever reached', async () => {
  const stripe = merchant()
  const { id } = await stripe.webhookEndpoints.create({
    url: 'https://shop.example/hooks',
    enabled_events: ['*'],
  })
  await stripe.customers.create({})
  const find = async () => (await control<{ data: Delivery[] }>(`deliveries?endpoint=${id}`)).data[0]
  await expect.poll(find).toMatchObject({
    status: 'failed',
    attempts: [{ status: null, error: 'the sandbox reaches loopback addresses only' }],
  })
})
