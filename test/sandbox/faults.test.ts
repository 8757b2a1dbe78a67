import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { client, control, merchant, newAccount, refusal } from './client.ts'

test('the SDK’s own retries come to one object when the answer is lost', async () => {
  const account = newAccount()
  const stripe = client(`sk_test_51${account}Secret1`, { maxNetworkRetries: 2 })
  for (const kind of ['lost_answer', 'reset', '503'] as const) {
    await control('faults', { match: 'POST /v1/payment_intents', kind, account: `acct_1${account}` })
    await stripe.paymentIntents.create({ amount: 500, currency: 'usd', metadata: { kind } })
  }
  const { data } = await stripe.paymentIntents.list()
  expect(data.map(intent => intent.metadata.kind)).toEqual(['503', 'reset', 'lost_answer'])
  const { data: left } = await control<{ data: { account?: string }[] }>('faults')
  expect(left.filter(fault => fault.account === `acct_1${account}`)).toEqual([])
})

test('half an answer is an error that its key repairs', async () => {
  const account = newAccount()
  const stripe = merchant(account)
  await control('faults', { match: '* /v1/customers', kind: 'half_body', account: `acct_1${account}` })
  const create = () => stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'half' })
  expect(await refusal(create())).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  const made = await create()
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([made.id])
})

test('a 500 is kept under its key, a 429 is not, and both strike only whom they are meant for', async () => {
  const account = newAccount()
  const stripe = merchant(account)
  const faults = { match: 'POST /v1/refunds', account: `acct_1${account}` }
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    payment_method: 'pm_card_visa',
    confirm: true,
    return_url: 'https://shop.example',
  })
  const give = (idempotencyKey: string) =>
    stripe.refunds.create({ payment_intent: intent.id }, { idempotencyKey })
  await control('faults', { ...faults, kind: '500' })
  await merchant().customers.create({})
  expect((await refusal(give('r1'))).statusCode).toBe(500)
  expect((await refusal(give('r1'))).statusCode).toBe(500)
  await control('faults', { ...faults, kind: '429' })
  expect(await refusal(give('r2'))).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
  expect((await give('r2')).status).toBe('succeeded')
  await control('faults', { ...faults, kind: '429', times: 100 })
  await control(`faults?account=acct_1${account}`, undefined, 'DELETE')
  expect((await refusal(give('r3'))).code).toBe('charge_already_refunded')
})
