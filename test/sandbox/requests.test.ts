import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { ask, client, control, merchant, newAccount, refusal, useSandbox } from './client.ts'

useSandbox()

const key = () => `sk_test_51${newAccount()}Secret1`

async function posted(form: string, headers: Record<string, string> = {}, path = '/v1/payment_intents') {
  const answer = await ask(path, { method: 'POST', key: key(), form, headers })
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
  const answer = await ask('/v1/unicorns', { key: key() })
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
  const error = await refusal(stripe.charges.list({ expand: ['nonsense'] }))
  expect(error.message).toMatch(/^This property cannot be expanded \(nonsense\)/)
})

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

test('the SDK’s own retries come to one object when the answer is lost', async () => {
  const account = newAccount()
  const stripe = client(`sk_test_51${account}Secret1`, { maxNetworkRetries: 2 })
  for (const kind of ['lost_answer', 'reset', '503'] as const) {
    await control('faults', { match: 'POST /v1/payment_intents', kind, account: `acct_1${account}` })
    await stripe.paymentIntents.create({ amount: 500, currency: 'usd', metadata: { kind } })
  }
  const { data } = await stripe.paymentIntents.list()
  expect(data.map(intent => intent.metadata.kind)).toEqual(['503', 'reset', 'lost_answer'])
  expect(await control<{ data: unknown[] }>('faults')).toEqual({ data: [] })
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
