import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { control, merchant, newAccount, refusal } from './client.ts'

test('an idempotency key answers the same again, and refuses anything else', async () => {
  const stripe = merchant()
  const idempotencyKey = 'order-1'
  const create = (amount: number) =>
    stripe.paymentIntents.create({ amount, currency: 'usd' }, { idempotencyKey })
  const first = await create(500)
  const again = await create(500)
  expect(again.id).toBe(first.id)
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'idempotency-key': idempotencyKey,
    'original-request': first.lastResponse.requestId,
  })
  expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId)
  const other = await refusal(create(600))
  expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
  expect(other.message).toMatch(/^Keys for idempotent requests can only be used with the same parameters/)
  const elsewhere = await refusal(stripe.customers.create({}, { idempotencyKey }))
  expect(elsewhere.message).toMatch(/^Keys for idempotent requests can only be used for the same endpoint/)
  expect((await stripe.paymentIntents.list()).data).toHaveLength(1)
  expect((await merchant().customers.create({}, { idempotencyKey })).object).toBe('customer')
})

test('a decline is replayed too, a malformed request is not kept', async () => {
  const stripe = merchant()
  const pay = (method: string, idempotencyKey: string, amount = 500) =>
    stripe.paymentIntents.create(
      { amount, currency: 'usd', payment_method: method, confirm: true, return_url: 'https://shop.example' },
      { idempotencyKey },
    )
  const first = await refusal(pay('pm_card_chargeDeclined', 'k1'))
  const again = await refusal(pay('pm_card_chargeDeclined', 'k1'))
  expect(again.payment_intent?.id).toBe(first.payment_intent?.id)
  expect((await refusal(pay('pm_card_visa', 'k2', -1))).code).toBe('parameter_invalid_integer')
  expect((await pay('pm_card_visa', 'k2')).status).toBe('succeeded')
})

test('twice the same key at once is a conflict', async () => {
  const account = newAccount()
  const stripe = merchant(account)
  await control('faults', {
    match: 'POST /v1/customers',
    kind: 'delay',
    ms: 300,
    account: `acct_1${account}`,
  })
  const slow = stripe.customers.create({}, { idempotencyKey: 'twice' })
  await new Promise(resolve => setTimeout(resolve, 100))
  const error = await refusal(stripe.customers.create({}, { idempotencyKey: 'twice' }))
  expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  const made = await slow
  expect((await stripe.customers.create({}, { idempotencyKey: 'twice' })).id).toBe(made.id)
})
