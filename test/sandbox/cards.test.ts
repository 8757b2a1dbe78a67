import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { control, merchant, refusal } from './client.ts'
import { pay, return_url, typesOf } from './paying.ts'

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
