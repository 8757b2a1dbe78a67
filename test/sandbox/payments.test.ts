import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { control, merchant, refusal, useSandbox } from './client.ts'

useSandbox()

const terms = { currency: 'usd', automatic_payment_methods: { enabled: true } }
const return_url = 'https://shop.example/done'
const card = (number: string) =>
  ({
    type: 'card',
    card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
  }) as Stripe.PaymentMethodCreateParams
const typesOf = async (stripe: Stripe) =>
  (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse()

/** Types a card number and pays with it. */
async function pay(stripe: Stripe, number: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const method = await stripe.paymentMethods.create(card(number))
  return stripe.paymentIntents.create({
    ...terms,
    amount: 1999,
    payment_method: method.id,
    confirm: true,
    return_url,
    ...more,
  })
}

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

test.each([
  ['4000000000000002', 'card_declined', 'generic_decline', 'Your card was declined.'],
  ['4000000000009995', 'card_declined', 'insufficient_funds', 'Your card has insufficient funds.'],
  ['4000000000009987', 'card_declined', 'lost_card', 'Your card was declined.'],
  ['4000000000009979', 'card_declined', 'stolen_card', 'Your card was declined.'],
  ['4000000000000069', 'expired_card', undefined, 'Your card has expired.'],
  ['4000000000000127', 'incorrect_cvc', undefined, "Your card's security code is incorrect."],
  ['4000000000000119', 'processing_error', undefined, /^An error occurred while processing your card/],
])('%s is declined with %s %s', async (number, code, decline_code, message) => {
  const stripe = merchant()
  const error = (await refusal(pay(stripe, number))) as Stripe.errors.StripeCardError
  expect(error).toMatchObject({ type: 'StripeCardError', statusCode: 402, code })
  expect(error.decline_code || undefined).toBe(decline_code)
  expect(error.message).toMatch(message)
  const [intent] = (await stripe.paymentIntents.list()).data
  expect(intent).toMatchObject({
    id: error.payment_intent?.id,
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: { code, type: 'card_error', payment_method: { card: { last4: number.slice(-4) } } },
  })
  const [charge] = (await stripe.charges.list()).data
  expect(charge).toMatchObject({
    id: error.charge,
    status: 'failed',
    paid: false,
    failure_code: code,
    outcome: { type: 'issuer_declined' },
  })
  expect(await typesOf(stripe)).toEqual([
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
  ])
  const paid = await stripe.paymentIntents.confirm(intent!.id, { payment_method: 'pm_card_visa', return_url })
  expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null })
  expect((await stripe.charges.list({ payment_intent: intent!.id })).data).toHaveLength(2)
})

test.each([
  [{ number: '4242424242424241' }, 'incorrect_number'],
  [{ number: '4242424242424242', exp_month: 13 }, 'invalid_expiry_month'],
  [{ number: '4242424242424242', exp_year: 2020 }, 'invalid_expiry_year'],
  [{ number: '4242424242424242', cvc: '1' }, 'invalid_cvc'],
  [{ number: '4000000000000010' }, 'card_declined'],
])('a card that cannot be is refused: %j', async (wrong, code) => {
  const details = { exp_month: 12, exp_year: 2040, cvc: '123', ...wrong }
  const error = await refusal(merchant().paymentMethods.create({ type: 'card', card: details }))
  expect(error).toMatchObject({ statusCode: 402, code })
})

test.each(['4000002500003155', '4000002760003184'])('%s asks the shopper first', async number => {
  const stripe = merchant()
  const intent = await pay(stripe, number)
  expect(intent).toMatchObject({
    status: 'requires_action',
    latest_charge: null,
    next_action: { type: 'redirect_to_url', redirect_to_url: { return_url } },
  })
  expect(intent.next_action?.redirect_to_url?.url).toMatch(
    new RegExp(`/console/3ds/${intent.id}\\?client_secret=`),
  )
  await control(`payments/${intent.id}/authenticate`, { ok: true })
  expect((await stripe.paymentIntents.retrieve(intent.id)).status).toBe('succeeded')

  const inPage = await pay(stripe, number, { use_stripe_sdk: true })
  expect(inPage.next_action?.type).toBe('use_stripe_sdk')
  await control(`payments/${inPage.id}/authenticate`, { ok: false })
  expect(await stripe.paymentIntents.retrieve(inPage.id)).toMatchObject({
    status: 'requires_payment_method',
    next_action: null,
    last_payment_error: { code: 'payment_intent_authentication_failure' },
  })
  const absent = await refusal(pay(stripe, number, { off_session: true }))
  expect(absent).toMatchObject({ statusCode: 402, code: 'authentication_required' })
})

test('a card may be declined after its 3-D Secure', async () => {
  const stripe = merchant()
  const intent = await pay(stripe, '4000008400001629')
  await control(`payments/${intent.id}/authenticate`, {})
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { decline_code: 'generic_decline' },
  })
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

test.each([
  ['winning_evidence', 'won', 'charge.dispute.funds_reinstated', 1999],
  ['losing_evidence', 'lost', 'charge.dispute.closed', 0],
])('a dispute with %s is %s', async (uncategorized_text, status, last, left) => {
  const stripe = merchant()
  const intent = await pay(stripe, '4000000000000259', { expand: ['latest_charge'] })
  const [dispute] = (await stripe.disputes.list({ payment_intent: intent.id })).data
  expect(dispute).toMatchObject({
    object: 'dispute',
    amount: 1999,
    reason: 'fraudulent',
    status: 'needs_response',
  })
  expect(await stripe.charges.retrieve(dispute!.charge as string)).toMatchObject({ disputed: true })
  expect((await refusal(stripe.refunds.create({ payment_intent: intent.id }))).code).toBe('charge_disputed')
  const draft = await stripe.disputes.update(dispute!.id, {
    evidence: { customer_name: 'Ada' },
    submit: false,
  })
  expect(draft).toMatchObject({
    status: 'needs_response',
    evidence: { customer_name: 'Ada' },
    evidence_details: { has_evidence: true, submission_count: 0 },
  })
  const closed = await stripe.disputes.update(dispute!.id, { evidence: { uncategorized_text } })
  expect(closed).toMatchObject({ status, evidence_details: { submission_count: 1 } })
  const moved = closed.balance_transactions.reduce((sum, { amount }) => sum + amount, 1999)
  expect(moved).toBe(left)
  const types = await typesOf(stripe)
  expect(types).toEqual(
    expect.arrayContaining([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.closed',
    ]),
  )
  expect(types.at(-1)).toBe(last)
  expect((await refusal(stripe.disputes.close(dispute!.id))).message).toBe('This dispute is already closed')
})

test('customers are kept, changed, found and deleted', async () => {
  const stripe = merchant()
  const made = await stripe.customers.create({ email: 'ada@shop.example', payment_method: 'pm_card_visa' })
  const method = (await stripe.paymentMethods.list({ customer: made.id })).data[0]!
  expect(method).toMatchObject({ customer: made.id, type: 'card' })
  expect((await stripe.paymentMethods.detach(method.id)).customer).toBeNull()
  const changed = await stripe.customers.update(made.id, { name: 'Ada', address: { country: 'GB' } })
  expect(changed).toMatchObject({
    name: 'Ada',
    email: 'ada@shop.example',
    address: { country: 'GB', city: null },
  })
  const [event] = (await stripe.events.list({ type: 'customer.updated' })).data
  expect(event!.data.previous_attributes).toEqual({ name: null, address: null })
  expect(await stripe.customers.del(made.id)).toEqual(
    expect.objectContaining({ id: made.id, object: 'customer', deleted: true }),
  )
  expect((await refusal(stripe.customers.retrieve(made.id))).code).toBe('resource_missing')
})
