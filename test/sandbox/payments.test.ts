import { expect, test } from 'vitest'
import { control, merchant, refusal } from './client.ts'
import { pay, return_url, terms, typesOf } from './paying.ts'

test('4242 is paid, charged and on the balance', async () => {
  const stripe = merchant()
  const intent = await pay(stripe, '4242424242424242', {
    metadata: { order: '7' },
    expand: ['latest_charge'],
  })
  expect(intent).toMatchObject({ status: 'succeeded', amount_received: 1999, last_payment_error: null })
  expect(intent.latest_charge).toMatchObject({
    object: 'charge',
    amount: 1999,
    captured: true,
    paid: true,
    status: 'succeeded',
    metadata: { order: '7' },
    outcome: { type: 'authorized', network_status: 'approved_by_network' },
    payment_method_details: { type: 'card', card: { brand: 'visa', last4: '4242', funding: 'credit' } },
  })
  const [transaction] = (await stripe.balanceTransactions.list()).data
  expect(transaction).toMatchObject({ amount: 1999, fee: 88, net: 1911, type: 'charge', currency: 'usd' })
  expect((await stripe.balance.retrieve()).pending).toMatchObject([{ amount: 1911, currency: 'usd' }])
  expect(await typesOf(stripe)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
  ])
})

test('an intent goes through its states one by one', async () => {
  const stripe = merchant()
  const made = await stripe.paymentIntents.create({ ...terms, amount: 1999 })
  expect(made).toMatchObject({ status: 'requires_payment_method', payment_method: null, latest_charge: null })
  expect(made.client_secret).toMatch(new RegExp(`^${made.id}_secret_\\w{25}$`))
  const chosen = await stripe.paymentIntents.update(made.id, { payment_method: 'pm_card_visa', amount: 2099 })
  expect(chosen).toMatchObject({ status: 'requires_confirmation', amount: 2099 })
  const paid = await stripe.paymentIntents.confirm(made.id, { return_url })
  expect(paid.status).toBe('succeeded')
  const again = await refusal(stripe.paymentIntents.confirm(made.id, { return_url }))
  expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' })
  expect(again.message).toMatch(/already succeeded/)
  expect(again.payment_intent?.id).toBe(made.id)
  expect((await refusal(stripe.paymentIntents.cancel(made.id))).message).toMatch(
    /^You cannot cancel this PaymentIntent/,
  )
  expect((await refusal(stripe.paymentIntents.update(made.id, { amount: 500 }))).code).toBe(
    'payment_intent_unexpected_state',
  )
})

test('confirming needs a payment method and a way back', async () => {
  const stripe = merchant()
  const { id } = await stripe.paymentIntents.create({ ...terms, amount: 1999 })
  expect((await refusal(stripe.paymentIntents.confirm(id, { return_url }))).message).toMatch(
    /missing a payment method/,
  )
  const noWayBack = await refusal(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }))
  expect(noWayBack.message).toMatch(/you must provide a `return_url`/)
  const nonsense = stripe.paymentIntents.confirm(id, {
    payment_method: 'pm_card_visa',
    return_url: 'nowhere',
  })
  expect((await refusal(nonsense)).code).toBe('url_invalid')
})

test('a debit is processing before it is decided', async () => {
  const stripe = merchant()
  const debit = (account_number: string) =>
    stripe.paymentIntents.create({
      ...terms,
      amount: 1999,
      confirm: true,
      return_url,
      payment_method_data: {
        type: 'us_bank_account',
        billing_details: { name: 'Ada' },
        us_bank_account: { account_number, routing_number: '110000000', account_holder_type: 'individual' },
      },
      expand: ['latest_charge'],
    })
  const paid = await debit('000123456789')
  expect(paid).toMatchObject({ status: 'processing', latest_charge: { status: 'pending', paid: false } })
  await control(`payments/${paid.id}/complete`, {})
  expect((await stripe.paymentIntents.retrieve(paid.id)).status).toBe('succeeded')

  const returned = await debit('000222222227')
  expect(returned.status).toBe('processing')
  await expect
    .poll(async () => (await stripe.paymentIntents.retrieve(returned.id)).status, {
      timeout: 8000,
      interval: 200,
    })
    .toBe('requires_payment_method')
  expect((await typesOf(stripe)).slice(-5)).toEqual([
    'payment_intent.created',
    'charge.pending',
    'payment_intent.processing',
    'charge.failed',
    'payment_intent.payment_failed',
  ])
})

test('SEPA debits and bank redirects are for euros', async () => {
  const stripe = merchant()
  const euros = { ...terms, currency: 'eur', amount: 1999, confirm: true, return_url }
  const debit = await stripe.paymentIntents.create({
    ...euros,
    payment_method_data: { type: 'sepa_debit', sepa_debit: { iban: 'DE08 3704 0044 0532 0130 03' } },
  })
  expect(debit).toMatchObject({ status: 'processing', payment_method_types: ['card', 'ideal', 'sepa_debit'] })
  await control(`payments/${debit.id}/complete`, { ok: false })
  expect((await stripe.paymentIntents.retrieve(debit.id)).status).toBe('requires_payment_method')
  const redirect = await stripe.paymentIntents.create({ ...euros, payment_method_data: { type: 'ideal' } })
  expect(redirect.next_action?.type).toBe('redirect_to_url')
  const wrong = stripe.paymentIntents.create({
    ...euros,
    currency: 'usd',
    payment_method_data: { type: 'ideal' },
  })
  expect((await refusal(wrong)).code).toBe('payment_intent_incompatible_payment_method')
})

test('an authorised payment is captured in part, or cancelled', async () => {
  const stripe = merchant()
  const held = await pay(stripe, '4242424242424242', { capture_method: 'manual' })
  expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1999, amount_received: 0 })
  expect((await stripe.balanceTransactions.list()).data).toEqual([])
  expect((await refusal(stripe.refunds.create({ payment_intent: held.id }))).code).toBe(
    'payment_intent_unexpected_state',
  )
  const tooMuch = await refusal(stripe.paymentIntents.capture(held.id, { amount_to_capture: 2000 }))
  expect(tooMuch).toMatchObject({ code: 'amount_too_large', param: 'amount_to_capture' })
  const taken = await stripe.paymentIntents.capture(held.id, {
    amount_to_capture: 1500,
    expand: ['latest_charge'],
  })
  expect(taken).toMatchObject({
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: 1500,
    latest_charge: { amount_captured: 1500, captured: true },
  })
  expect((await refusal(stripe.paymentIntents.capture(held.id))).code).toBe('payment_intent_unexpected_state')
  const released = await pay(stripe, '4242424242424242', { capture_method: 'manual' })
  const cancelled = await stripe.paymentIntents.cancel(released.id, { cancellation_reason: 'abandoned' })
  expect(cancelled).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'abandoned',
    amount_capturable: 0,
  })
  expect(cancelled.canceled_at).toBeGreaterThan(1_700_000_000)
})

test('a confirmation token pays once', async () => {
  const stripe = merchant()
  const token = await stripe.testHelpers.confirmationTokens.create({
    payment_method: 'pm_card_visa',
    return_url,
  })
  expect(token).toMatchObject({
    object: 'confirmation_token',
    payment_method_preview: { type: 'card', card: { last4: '4242' } },
  })
  const make = () => stripe.paymentIntents.create({ ...terms, amount: 1999 })
  const paid = await stripe.paymentIntents.confirm((await make()).id, { confirmation_token: token.id })
  expect(paid.status).toBe('succeeded')
  const again = stripe.paymentIntents.confirm((await make()).id, { confirmation_token: token.id })
  expect((await refusal(again)).code).toBe('token_already_used')
})
