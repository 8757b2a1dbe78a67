import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { control, merchant, refusal } from './client.ts'
import { pay, terms } from './paying.ts'

test('a refund gives back what is left and never more', async () => {
  const stripe = merchant()
  const intent = await pay(stripe, '4242424242424242')
  const part = await stripe.refunds.create({
    payment_intent: intent.id,
    amount: 500,
    reason: 'requested_by_customer',
    metadata: { r: '1' },
  })
  expect(part).toMatchObject({
    object: 'refund',
    amount: 500,
    status: 'succeeded',
    payment_intent: intent.id,
    charge: intent.latest_charge,
    metadata: { r: '1' },
  })
  const tooMuch = await refusal(stripe.refunds.create({ payment_intent: intent.id, amount: 1500 }))
  expect(tooMuch).toMatchObject({ statusCode: 400, param: 'amount' })
  expect(tooMuch.message).toBe(
    'Refund amount ($15.00 usd) is greater than unrefunded amount on charge ($14.99 usd)',
  )
  await stripe.refunds.create({ charge: intent.latest_charge as string })
  const charge = await stripe.charges.retrieve(intent.latest_charge as string)
  expect(charge).toMatchObject({ amount_refunded: 1999, refunded: true, status: 'succeeded' })
  const nothing = await refusal(stripe.refunds.create({ payment_intent: intent.id }))
  expect(nothing).toMatchObject({ code: 'charge_already_refunded' })
  expect(nothing.message).toBe(`Charge ${charge.id} has already been refunded.`)
  expect((await stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2)
  expect((await stripe.balanceTransactions.list({ type: 'refund' })).data.map(({ net }) => net)).toEqual([
    -1499, -500,
  ])
  expect((await refusal(stripe.refunds.create({ payment_intent: intent.id, amount: 0 }))).code).toBe(
    'parameter_invalid_integer',
  )
  expect((await refusal(stripe.refunds.create({}))).code).toBe('parameter_missing')
  const unpaid = await stripe.paymentIntents.create({ ...terms, amount: 500 })
  expect((await refusal(stripe.refunds.create({ payment_intent: unpaid.id }))).message).toMatch(
    /does not have a successful charge to refund/,
  )
  const refunded = (await stripe.events.list({ type: 'charge.refunded' })).data
  expect(refunded[1]!.data.previous_attributes).toEqual({ amount_refunded: 0 })
})

test('refunds may be pending, cancelled or fail afterwards', async () => {
  const stripe = merchant()
  const slow = await pay(stripe, '4000000000007726')
  const pending = await stripe.refunds.create({ payment_intent: slow.id })
  expect(pending.status).toBe('pending')
  expect((await stripe.refunds.cancel(pending.id)).status).toBe('canceled')
  expect(await stripe.charges.retrieve(slow.latest_charge as string)).toMatchObject({
    amount_refunded: 0,
    refunded: false,
  })
  const again = await stripe.refunds.create({ payment_intent: slow.id })
  const failing = await pay(stripe, '4000000000005126')
  const doomed = await stripe.refunds.create({ payment_intent: failing.id })
  expect(doomed.status).toBe('succeeded')
  await expect
    .poll(async () => (await stripe.refunds.retrieve(again.id)).status, { timeout: 8000, interval: 200 })
    .toBe('succeeded')
  await expect
    .poll(async () => (await stripe.refunds.retrieve(doomed.id)).status, { timeout: 8000, interval: 200 })
    .toBe('failed')
  expect(await stripe.refunds.retrieve(doomed.id)).toMatchObject({ failure_reason: 'lost_or_stolen_card' })
  expect((await refusal(stripe.refunds.cancel(doomed.id))).code).toBe('status_transition_invalid')
  const dashboard = await control<Stripe.Refund>(`payments/${failing.id}/refund`, { amount: 100 })
  expect((await stripe.refunds.retrieve(dashboard.id)).amount).toBe(100)
})
