import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { ask, client, merchant, newAccount, refusal } from './client.ts'

test('the account stands in the key', async () => {
  const account = await client('sk_test_51ALICE000000000Secret1').accounts.retrieveCurrent()
  expect(account).toMatchObject({ id: 'acct_1ALICE000000000', object: 'account', charges_enabled: true })
  expect(account.settings?.branding).toEqual({
    icon: null,
    logo: null,
    primary_color: '#1f6feb',
    secondary_color: null,
  })
})

test.each([
  ['no key', undefined, /^You did not provide an API key/],
  ['nonsense', 'hello', /^Invalid API Key provided: \*hello|^Invalid API Key provided: \*ello/],
  ['too short', 'sk_test_51ALICE', /^Invalid API Key provided: sk_test_\**LICE$/],
  ['a revoked key', 'sk_test_51ALICE000000000Revoked1', /^Expired API Key provided: sk_test_\*+ked1$/],
])('%s is a 401 in Stripe’s words', async (_name, key, message) => {
  const answer = await ask('/v1/account', key ? { key } : {})
  expect(answer.status).toBe(401)
  expect(answer.headers.get('request-id')).toMatch(/^req_\w{14}$/)
  const { error } = (await answer.json()) as { error: { type: string; message: string } }
  expect(error.type).toBe('invalid_request_error')
  expect(error.message).toMatch(message)
})

test('stripe-node sees an authentication error', async () => {
  const error = await refusal(client('sk_test_51ALICE000000000Revoked1').balance.retrieve())
  expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError)
  expect(error.code).toBe('api_key_expired')
})

test.each([
  [
    'NoIntents',
    'rak_payment_intent_write',
    (s: Stripe) => s.paymentIntents.create({ amount: 500, currency: 'usd' }),
  ],
  ['NoRefunds', 'rak_refund_write', (s: Stripe) => s.refunds.create({ charge: 'ch_1' })],
  ['NoWebhooks', 'rak_webhook_read', (s: Stripe) => s.webhookEndpoints.list()],
  ['NoDisputes', 'rak_dispute_read', (s: Stripe) => s.disputes.list()],
  ['NoConnect', 'rak_connected_account_write', (s: Stripe) => s.accounts.create({ type: 'express' })],
  ['NoAccount', 'rak_account_read', (s: Stripe) => s.accounts.retrieveCurrent()],
])('a restricted key with %s names the permission it lacks', async (marker, permission, call) => {
  const error = await refusal(call(client(`rk_test_51${newAccount()}${marker}`)))
  expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError)
  expect(error.message).toContain(
    `Having the '${permission}' permission would allow this request to continue`,
  )
  const other = client(`rk_test_51${newAccount()}Everything`)
  await expect(other.customers.create({})).resolves.toMatchObject({ object: 'customer' })
})

test('accounts and modes do not see each other', async () => {
  const account = newAccount()
  const intent = await merchant(account).paymentIntents.create({ amount: 500, currency: 'usd' })
  expect(intent.livemode).toBe(false)
  for (const stranger of [merchant(account, 'live'), merchant()]) {
    const error = await refusal(stranger.paymentIntents.retrieve(intent.id))
    expect(error).toMatchObject({ statusCode: 404, code: 'resource_missing', param: 'intent' })
    expect(error.message).toBe(`No such payment_intent: '${intent.id}'`)
    expect((await stranger.paymentIntents.list()).data).toEqual([])
  }
})

test('a publishable key reads and confirms one intent, with its secret, and nothing else', async () => {
  const account = newAccount()
  const intent = await merchant(account).paymentIntents.create({
    amount: 500,
    currency: 'usd',
    metadata: { order: 'secret' },
    automatic_payment_methods: { enabled: true },
  })
  const shopper = client(`pk_test_51${account}Public`)
  const seen = await shopper.paymentIntents.retrieve(intent.id, { client_secret: intent.client_secret! })
  expect(seen).toMatchObject({ id: intent.id, status: 'requires_payment_method', amount: 500 })
  expect(seen).not.toHaveProperty('metadata')
  expect(seen).not.toHaveProperty('latest_charge')

  expect(await refusal(shopper.paymentIntents.retrieve(intent.id))).toMatchObject({
    code: 'parameter_missing',
  })
  const wrong = shopper.paymentIntents.retrieve(intent.id, { client_secret: `${intent.id}_secret_wrong` })
  expect((await refusal(wrong)).message).toMatch(/^The provided client_secret does not match/)

  const method = await shopper.paymentMethods.create({
    type: 'card',
    card: { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' },
  })
  const answer = await ask(`/v1/payment_intents/${intent.id}/confirm`, {
    method: 'POST',
    key: `pk_test_51${account}Public`,
    form: new URLSearchParams({
      client_secret: intent.client_secret!,
      payment_method: method.id,
      use_stripe_sdk: 'true',
    }).toString(),
  })
  expect(await answer.json()).toMatchObject({ id: intent.id, status: 'succeeded' })

  for (const call of [
    () => shopper.paymentIntents.list(),
    () => shopper.paymentIntents.create({ amount: 500, currency: 'usd' }),
    () => shopper.refunds.create({ payment_intent: intent.id }),
    () => shopper.customers.list(),
  ]) {
    const error = await refusal(call())
    expect(error).toMatchObject({ statusCode: 403, code: 'secret_key_required' })
    expect(error.message).toMatch(/^This API call cannot be made with a publishable API key/)
  }
})

test('browsers may call from any page', async () => {
  const answer = await ask('/v1/payment_methods', {
    method: 'OPTIONS',
    headers: {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  })
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.headers.get('access-control-allow-headers')).toBe('authorization')
})

test('a platform acts for its own connected accounts only', async () => {
  const platform = merchant()
  const vendor = await platform.accounts.create({ type: 'express', country: 'US' })
  const as = { stripeAccount: vendor.id }
  const customer = await platform.customers.create({ name: 'Ada' }, as)
  expect((await platform.customers.retrieve(customer.id, undefined, as)).id).toBe(customer.id)
  expect((await platform.accounts.retrieveCurrent(undefined, as)).id).toBe(vendor.id)
  expect((await refusal(platform.customers.retrieve(customer.id))).code).toBe('resource_missing')
  const error = await refusal(merchant().customers.retrieve(customer.id, undefined, as))
  expect(error).toMatchObject({ statusCode: 403, code: 'account_invalid' })
  expect(error.message).toMatch(
    new RegExp(`does not have access to account '${vendor.id}' \\(or that account does not exist\\)`),
  )
})
