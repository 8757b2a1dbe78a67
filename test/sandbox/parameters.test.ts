import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { ask, merchant, newAccount, refusal } from './client.ts'

const posted = async (form: string, headers: Record<string, string> = {}) => {
  const answer = await ask('/v1/payment_intents', {
    method: 'POST',
    key: `sk_test_51${newAccount()}Secret1`,
    form,
    headers,
  })
  return { ...((await answer.json()) as { error: Record<string, string> }), status: answer.status }
}

test.each([
  ['amount=500&currency=usd&foo=1', 'parameter_unknown', 'foo', 'Received unknown parameter: foo'],
  [
    'amount=500&currency=usd&foo=1&bar=2',
    'parameter_unknown',
    'foo',
    'Received unknown parameters: foo, bar',
  ],
  ['currency=usd', 'parameter_missing', 'amount', 'Missing required param: amount.'],
  ['amount=12.5&currency=usd', 'parameter_invalid_integer', 'amount', 'Invalid integer: 12.5'],
  [
    'amount=-5&currency=usd',
    'parameter_invalid_integer',
    'amount',
    'This value must be greater than or equal to 1.',
  ],
  [
    'amount=0&currency=usd',
    'parameter_invalid_integer',
    'amount',
    'This value must be greater than or equal to 1.',
  ],
  ['amount=500&currency=usd&confirm=maybe', undefined, 'confirm', 'Invalid boolean: maybe'],
  ['amount=500&currency=usd&capture_method=never', undefined, 'capture_method', /must be one of automatic/],
  [
    'amount=500&currency=usd&customer=',
    'parameter_invalid_empty',
    'customer',
    /^You passed an empty string for 'customer'/,
  ],
  [
    'amount=500&currency=usd&shipping[name]=A',
    'parameter_missing',
    'shipping[address]',
    /shipping\[address\]/,
  ],
  [
    'amount=500&currency=usd&automatic_payment_methods=on',
    undefined,
    'automatic_payment_methods',
    'Invalid object',
  ],
  ['amount=500&currency=zzz', undefined, 'currency', /^Invalid currency: zzz\. Stripe currently supports/],
  ['amount=49&currency=usd', 'amount_too_small', 'amount', 'Amount must be at least $0.50 usd'],
  ['amount=29&currency=gbp', 'amount_too_small', 'amount', 'Amount must be at least £0.30 gbp'],
  ['amount=49&currency=jpy', 'amount_too_small', 'amount', 'Amount must be at least ¥50 jpy'],
  [
    'amount=100000000&currency=usd',
    'amount_too_large',
    'amount',
    'Amount must be no more than $999,999.99 usd',
  ],
  ['amount=1005&currency=kwd', 'invalid_charge_amount', 'amount', /divisible by 10/],
  ['amount=150&currency=isk', 'invalid_charge_amount', 'amount', /divisible by 100/],
  [
    'amount=500&currency=usd&customer=cus_none',
    'resource_missing',
    'customer',
    "No such customer: 'cus_none'",
  ],
  [
    'amount=500&currency=usd&transfer_data[destination]=acct_none',
    'resource_missing',
    'transfer_data[destination]',
    "No such destination: 'acct_none'",
  ],
  ['amount=500&currency=usd&application_fee_amount=5', undefined, 'application_fee_amount', /direct payment/],
  [
    'amount=500&currency=usd&return_url=https://a.example',
    undefined,
    'return_url',
    /unless confirm is set to true/,
  ],
])('%s is refused as Stripe refuses it', async (form, code, param, message) => {
  const { status, error } = await posted(form)
  expect(status).toBe(400)
  expect(error).toMatchObject({ type: 'invalid_request_error', param })
  expect(error.code).toBe(code)
  if (code) expect(error.doc_url).toBe(`https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`)
  if (typeof message === 'string') expect(error.message).toBe(message)
  else expect(error.message).toMatch(message)
  expect(error.request_log_url).toMatch(/req_\w{14}$/)
})

test('an unknown path is Stripe’s 404', async () => {
  const answer = await ask('/v1/unicorns', { key: `sk_test_51${newAccount()}Secret1` })
  expect(answer.status).toBe(404)
  expect(((await answer.json()) as { error: { message: string } }).error.message).toMatch(
    /^Unrecognized request URL \(GET: \/v1\/unicorns\)/,
  )
})

test('without a version header old parameters are taken, with the newest they are unknown', async () => {
  const old = 'amount=500&currency=usd&payment_method_types[]=card'
  expect(await posted(old)).toMatchObject({ status: 200, payment_method_types: ['card'], invoice: null })
  expect(await posted(old, { 'stripe-version': '2025-03-31.basil' })).toMatchObject({ status: 200 })
  const refused = await posted(old, { 'stripe-version': Stripe.API_VERSION })
  expect(refused).toMatchObject({
    status: 400,
    error: { code: 'parameter_unknown', param: 'payment_method_types' },
  })
  expect(await posted(old, { 'stripe-version': '2031-01-01' })).toMatchObject({
    status: 400,
    error: { message: 'Invalid Stripe API version: 2031-01-01' },
  })
  const newest = await posted('amount=500&currency=usd', { 'stripe-version': Stripe.API_VERSION })
  expect(newest).not.toHaveProperty('invoice')
})

test('a version before 2022-11-15 shows an intent’s charges', async () => {
  const form = 'amount=500&currency=usd&payment_method=pm_card_visa&confirm=true'
  const intent = await posted(form, { 'stripe-version': '2022-08-01' })
  expect(intent).toMatchObject({
    charges: { object: 'list', data: [{ object: 'charge', refunds: { object: 'list', data: [] } }] },
  })
})

test('metadata is merged, emptied and bounded', async () => {
  const stripe = merchant()
  const made = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
  expect((await stripe.customers.update(made.id, { metadata: { b: '', c: 3 } })).metadata).toEqual({
    a: '1',
    c: '3',
  })
  expect((await stripe.customers.update(made.id, { metadata: '' })).metadata).toEqual({})
  const long = stripe.customers.update(made.id, { metadata: { a: 'x'.repeat(501) } })
  expect((await refusal(long)).message).toMatch(/^Metadata values can have up to 500 characters/)
  expect(
    (await refusal(stripe.customers.update(made.id, { metadata: { ['k'.repeat(41)]: 'x' } }))).message,
  ).toMatch(/^Metadata keys can have up to 40 characters/)
})
