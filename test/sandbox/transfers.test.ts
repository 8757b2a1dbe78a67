import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { control, merchant, refusal, sandboxUrl } from './client.ts'

async function newVendor(stripe: Stripe): Promise<string> {
  const { id } = await stripe.accounts.create({
    type: 'express',
    country: 'DE',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  })
  const answer = await fetch(`${sandboxUrl()}/console/connected/${id}`, {
    method: 'POST',
    body: new URLSearchParams({ act: 'enabled' }),
    redirect: 'manual',
  })
  expect(answer.status).toBe(303)
  return id
}

async function pay(stripe: Stripe, amount: number, more: Partial<Stripe.PaymentIntentCreateParams> = {}) {
  const intent = await stripe.paymentIntents.create({
    amount,
    currency: 'eur',
    confirm: true,
    payment_method: 'pm_card_bypassPending',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    expand: ['latest_charge'],
    ...more,
  })
  return intent.latest_charge as Stripe.Charge
}

const sum = async (stripe: Stripe, account?: string) => {
  const { available, pending } = await stripe.balance.retrieve({}, account ? { stripeAccount: account } : {})
  return [...available, ...pending].reduce((total, { amount }) => total + amount, 0)
}

test('a destination charge makes a transfer and an application fee, and every cent is somewhere', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const charge = await pay(stripe, 10_000, {
    application_fee_amount: 1500,
    transfer_data: { destination: vendor },
  })
  const transfer = await stripe.transfers.retrieve(String(charge.transfer))
  expect(transfer).toMatchObject({
    amount: 10_000,
    currency: 'eur',
    destination: vendor,
    source_transaction: charge.id,
    transfer_group: charge.transfer_group,
    reversed: false,
  })
  const fee = await stripe.applicationFees.retrieve(String(charge.application_fee))
  expect(fee).toMatchObject({
    account: vendor,
    amount: 1500,
    charge: transfer.destination_payment,
    originating_transaction: charge.id,
  })
  const stripeFee = 320
  expect(await sum(stripe, vendor)).toBe(8500)
  expect(await sum(stripe)).toBe(1500 - stripeFee)
})

test('transfer_data.amount sends a part on and keeps the rest', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  await pay(stripe, 10_000, { transfer_data: { destination: vendor, amount: 7000 } })
  expect(await sum(stripe, vendor)).toBe(7000)
})

test('partial refunds take back their share and, once all is refunded, the last cent', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const charge = await pay(stripe, 9999, {
    application_fee_amount: 1000,
    transfer_data: { destination: vendor },
  })
  const wish = { charge: charge.id, reverse_transfer: true, refund_application_fee: true }
  const first = await stripe.refunds.create({ ...wish, amount: 3333 })
  expect(first.transfer_reversal).toMatch(/^trr_/)
  await stripe.refunds.create({ ...wish, amount: 3333 })
  await stripe.refunds.create(wish)
  expect(await stripe.transfers.retrieve(String(charge.transfer))).toMatchObject({
    amount_reversed: 9999,
    reversed: true,
  })
  const fee = await stripe.applicationFees.retrieve(String(charge.application_fee))
  expect(fee).toMatchObject({ amount_refunded: 1000, refunded: true })
  expect(fee.refunds.data.map(({ amount }) => amount).reduce((a, b) => a + b)).toBe(1000)
  expect(await sum(stripe, vendor)).toBe(0)
})

test('a refund that reverses nothing leaves the vendor’s money alone', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const charge = await pay(stripe, 5000, {
    application_fee_amount: 500,
    transfer_data: { destination: vendor },
  })
  await stripe.refunds.create({ charge: charge.id })
  expect(await sum(stripe, vendor)).toBe(4500)
  const plain = await pay(stripe, 5000)
  expect(await refusal(stripe.refunds.create({ charge: plain.id, reverse_transfer: true }))).toMatchObject({
    statusCode: 400,
  })
})

test('transfers with a source never give away more than the charge brought', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const charge = await pay(stripe, 10_000, { transfer_group: 'order-1' })
  const gift = {
    currency: 'eur',
    destination: vendor,
    source_transaction: charge.id,
    transfer_group: 'order-1',
  }
  await stripe.transfers.create({ ...gift, amount: 6000 })
  const refused = await refusal(stripe.transfers.create({ ...gift, amount: 4001 }))
  expect(refused.message).toContain('must not exceed the source amount')
  await stripe.transfers.create({ ...gift, amount: 4000 })
  expect((await stripe.transfers.list({ transfer_group: 'order-1' })).data).toHaveLength(2)
  expect(await refusal(stripe.transfers.create({ ...gift, amount: 1, currency: 'usd' }))).toMatchObject({
    param: 'source_transaction',
  })
})

test('a transfer from the balance needs the money to be there', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const gift = { currency: 'eur', destination: vendor, amount: 1000 }
  expect(await refusal(stripe.transfers.create(gift))).toMatchObject({ code: 'balance_insufficient' })
  await pay(stripe, 5000)
  const transfer = await stripe.transfers.create({ ...gift, metadata: { order: '7' } })
  expect(transfer).toMatchObject({ amount: 1000, metadata: { order: '7' }, source_transaction: null })
})

test('a transfer is reversed in parts, never beyond what was given', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  await pay(stripe, 5000)
  const { id } = await stripe.transfers.create({ currency: 'eur', destination: vendor, amount: 1000 })
  const reversal = await stripe.transfers.createReversal(id, { amount: 400 })
  expect(reversal).toMatchObject({ object: 'transfer_reversal', amount: 400, transfer: id })
  expect(await refusal(stripe.transfers.createReversal(id, { amount: 601 }))).toMatchObject({
    param: 'amount',
  })
  await stripe.transfers.createReversal(id)
  expect(await stripe.transfers.retrieve(id)).toMatchObject({ amount_reversed: 1000, reversed: true })
  expect((await stripe.transfers.listReversals(id)).data.map(({ amount }) => amount)).toEqual([600, 400])
  expect((await refusal(stripe.transfers.createReversal(id))).message).toContain(
    'already been fully reversed',
  )
})

test('nothing goes to an account that is not connected, or not enabled', async () => {
  const stripe = merchant()
  const { id } = await stripe.accounts.create({
    type: 'express',
    capabilities: { transfers: { requested: true } },
  })
  const gift = { currency: 'usd', amount: 100 }
  expect(await refusal(stripe.transfers.create({ ...gift, destination: id }))).toMatchObject({
    code: 'insufficient_capabilities_for_transfer',
  })
  expect(
    await refusal(stripe.transfers.create({ ...gift, destination: 'acct_1NOBODY0000000' })),
  ).toMatchObject({
    code: 'resource_missing',
    param: 'destination',
  })
})

test('a direct charge on the vendor’s account pays its platform a fee', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const intent = await stripe.paymentIntents.create(
    {
      amount: 2000,
      currency: 'eur',
      confirm: true,
      payment_method: 'pm_card_visa',
      application_fee_amount: 200,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    },
    { stripeAccount: vendor },
  )
  const [fee] = (await stripe.applicationFees.list()).data
  expect(fee).toMatchObject({
    account: vendor,
    amount: 200,
    charge: intent.latest_charge,
    originating_transaction: null,
  })
  await stripe.applicationFees.createRefund(fee!.id, { amount: 50 })
  expect(await refusal(stripe.applicationFees.createRefund(fee!.id, { amount: 151 }))).toMatchObject({
    param: 'amount',
  })
  expect((await stripe.applicationFees.listRefunds(fee!.id)).data).toHaveLength(1)
})

test('each step is an event of its own, in the books of whom it concerns', async () => {
  const stripe = merchant()
  const vendor = await newVendor(stripe)
  const charge = await pay(stripe, 3000, {
    application_fee_amount: 300,
    transfer_data: { destination: vendor },
  })
  await stripe.refunds.create({ charge: charge.id, reverse_transfer: true, refund_application_fee: true })
  const types = (await stripe.events.list({ limit: 50 })).data.map(({ type }) => type)
  expect(types).toEqual(
    expect.arrayContaining([
      'transfer.created',
      'application_fee.created',
      'charge.succeeded',
      'transfer.reversed',
      'application_fee.refunded',
      'charge.refunded',
    ]),
  )
  const succeeded = (await stripe.events.list({ type: 'charge.succeeded' })).data[0]!
  expect(succeeded.data.object).toMatchObject({
    transfer: charge.transfer,
    application_fee: charge.application_fee,
  })
  const { data } = await control<{ data: { account: string; platform: string | null }[] }>('accounts')
  expect(data.find(({ account }) => account === vendor)?.platform).toMatch(/^acct_1/)
})
