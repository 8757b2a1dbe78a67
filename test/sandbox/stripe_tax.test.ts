import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { client, merchant, newAccount, refusal } from './client.ts'

const OFFICE = { address: { country: 'DE', line1: 'Hauptstraße 1', postal_code: '10115' } }
const BERLIN = { address: { country: 'DE', postal_code: '10115' }, address_source: 'shipping' as const }
const inCalifornia = (postal_code: string) => ({
  address: { country: 'US', state: 'CA', postal_code },
  address_source: 'billing' as const,
})
const LINES = [{ amount: 1_000, reference: 'mug', quantity: 2 }]

async function taxed() {
  const stripe = merchant()
  await stripe.tax.settings.update({ head_office: OFFICE })
  await stripe.tax.registrations.create({
    country: 'DE',
    active_from: 'now',
    country_options: { de: { type: 'standard', standard: { place_of_supply_scheme: 'standard' } } },
  })
  return stripe
}

const calculate = (stripe: Stripe, more: Partial<Stripe.Tax.CalculationCreateParams> = {}) =>
  stripe.tax.calculations.create({ currency: 'eur', line_items: LINES, customer_details: BERLIN, ...more })

describe('settings and registrations', () => {
  test('lack a head office until it is given, and nothing is calculated before', async () => {
    const stripe = merchant()
    expect(await stripe.tax.settings.retrieve()).toMatchObject({
      object: 'tax.settings',
      status: 'pending',
      status_details: { pending: { missing_fields: ['head_office'] } },
      head_office: null,
    })
    expect(await refusal(calculate(stripe))).toMatchObject({ statusCode: 400, code: 'stripe_tax_inactive' })
    const settings = await stripe.tax.settings.update({ head_office: OFFICE })
    expect([settings.status, settings.status_details]).toEqual(['active', { active: {} }])
    expect((await calculate(stripe)).amount_total).toBe(1_000)
  })

  test('a registration needs its type, in the United States its state, and can end', async () => {
    const stripe = await taxed()
    const missing = await refusal(
      stripe.tax.registrations.create({
        country: 'US',
        active_from: 'now',
        country_options: { us: { type: 'state_sales_tax' } as never },
      }),
    )
    expect(missing).toMatchObject({ code: 'parameter_missing', param: 'country_options[us][state]' })
    const { data } = await stripe.tax.registrations.list({ status: 'active' })
    expect(data.map(({ country, status }) => [country, status])).toEqual([['DE', 'active']])
    await stripe.tax.registrations.update(data[0]!.id, { expires_at: 'now' })
    expect((await calculate(stripe)).tax_breakdown[0]!.taxability_reason).toBe('not_collecting')
  })

  test('a restricted key without the permission is refused by its name', async () => {
    const narrow = client(`rk_test_51${newAccount()}NoTax1`)
    expect(await refusal(narrow.tax.settings.retrieve())).toMatchObject({
      statusCode: 403,
      message: expect.stringContaining('rak_tax_read'),
    })
  })
})

describe('a calculation', () => {
  test('adds the tax or finds it in the price, line by line and on the shipping', async () => {
    const stripe = await taxed()
    const added = await calculate(stripe, { shipping_cost: { amount: 500 }, expand: ['line_items'] })
    expect(added).toMatchObject({
      object: 'tax.calculation',
      amount_total: 1_785,
      tax_amount_exclusive: 285,
      tax_amount_inclusive: 0,
      shipping_cost: { amount: 500, amount_tax: 95, tax_behavior: 'exclusive', tax_code: 'txcd_92010001' },
      tax_breakdown: [
        {
          amount: 285,
          inclusive: false,
          tax_rate_details: { country: 'DE', percentage_decimal: '19.0', tax_type: 'vat' },
          taxability_reason: 'standard_rated',
          taxable_amount: 1_500,
        },
      ],
    })
    expect(added.line_items?.data).toMatchObject([{ amount: 1_000, amount_tax: 190, reference: 'mug' }])
    expect(added.expires_at! - added.tax_date).toBeGreaterThan(80 * 24 * 3_600)
    const contained = await calculate(stripe, { line_items: [{ ...LINES[0]!, tax_behavior: 'inclusive' }] })
    expect(contained).toMatchObject({
      amount_total: 1_000,
      tax_amount_inclusive: 160,
      tax_amount_exclusive: 0,
    })
  })

  test('of more than ten lines is read page by page', async () => {
    const stripe = await taxed()
    const line_items = Array.from({ length: 23 }, (_, index) => ({ amount: 100, reference: `l${index}` }))
    const made = await calculate(stripe, { line_items, expand: ['line_items'] })
    expect([made.line_items?.data.length, made.line_items?.has_more]).toEqual([10, true])
    const all = await stripe.tax.calculations
      .listLineItems(made.id!, { limit: 7 })
      .autoPagingToArray({ limit: 100 })
    expect(all.map(({ reference }) => reference)).toEqual(line_items.map(({ reference }) => reference))
  })

  test.each([
    ['no address', { customer_details: {} }, 'parameter_missing'],
    ['no source', { customer_details: { address: BERLIN.address } }, 'parameter_missing'],
    ['an unknown place', { customer_details: inCalifornia('00000') }, 'customer_tax_location_invalid'],
    ['no postal code in the US', { customer_details: inCalifornia('') }, 'customer_tax_location_invalid'],
    ['one reference twice', { line_items: [LINES[0]!, LINES[0]!] }, undefined],
    ['a fraction', { line_items: [{ amount: 10.5 }] }, 'parameter_invalid_integer'],
    ['an unknown word', { line_items: [{ amount: 10, tax: 3 } as never] }, 'parameter_unknown'],
  ])('is refused with %s', async (_what, more, code) => {
    const error = await refusal(calculate(await taxed(), more))
    expect([error.statusCode, error.code]).toEqual([400, code])
  })

  test('knows cities and counties, and who is not registered', async () => {
    const stripe = await taxed()
    const nowhere = await calculate(stripe, { customer_details: inCalifornia('94103') })
    expect([nowhere.amount_total, nowhere.tax_breakdown[0]!.taxability_reason]).toEqual([
      1_000,
      'not_collecting',
    ])
    await stripe.tax.registrations.create({
      country: 'US',
      active_from: 'now',
      country_options: { us: { type: 'state_sales_tax', state: 'CA' } },
    })
    const there = await calculate(stripe, { customer_details: inCalifornia('94103') })
    expect(there.tax_breakdown.map(part => [part.tax_rate_details.percentage_decimal, part.amount])).toEqual([
      ['6.0', 60],
      ['1.0', 10],
      ['1.625', 16],
    ])
    expect(there.amount_total).toBe(1_086)
  })
})

describe('a transaction', () => {
  test('is made of a calculation once, under a reference that is used once', async () => {
    const stripe = await taxed()
    const first = await calculate(stripe)
    const sold = await stripe.tax.transactions.createFromCalculation({
      calculation: first.id!,
      reference: 'order-1',
      expand: ['line_items'],
    })
    expect(sold).toMatchObject({ object: 'tax.transaction', type: 'transaction', reference: 'order-1' })
    expect(sold.line_items?.data).toMatchObject([{ amount: 1_000, amount_tax: 190, type: 'transaction' }])
    const again = stripe.tax.transactions.createFromCalculation({
      calculation: first.id!,
      reference: 'order-2',
    })
    expect(await refusal(again)).toMatchObject({ param: 'calculation' })
    const other = await calculate(stripe)
    const same = stripe.tax.transactions.createFromCalculation({
      calculation: other.id!,
      reference: 'order-1',
    })
    expect(await refusal(same)).toMatchObject({ code: 'resource_already_exists', param: 'reference' })
  })

  test('is taken back in parts that come to the whole, and never to more', async () => {
    const stripe = await taxed()
    const { id } = await stripe.tax.transactions.createFromCalculation({
      calculation: (await calculate(stripe)).id!,
      reference: 'order-3',
    })
    const part = (reference: string, flat_amount: number) =>
      stripe.tax.transactions.createReversal({
        mode: 'partial',
        original_transaction: id,
        reference,
        flat_amount,
        expand: ['line_items'],
      })
    const parts = [await part('a', -333), await part('b', -333), await part('c', -524)]
    const taxes = parts.map(one => one.line_items!.data[0]!.amount_tax)
    expect(taxes.reduce((sum, tax) => sum + tax, 0)).toBe(-190)
    expect(await refusal(part('d', -1))).toMatchObject({ statusCode: 400, param: 'flat_amount' })
  })

  test('is made by a payment that names its calculation, and taken back by its refunds', async () => {
    const stripe = await taxed()
    const calculation = await calculate(stripe)
    const intent = await stripe.paymentIntents.create({
      amount: calculation.amount_total,
      currency: 'eur',
      hooks: { inputs: { tax: { calculation: calculation.id! } } },
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    await stripe.refunds.create({ payment_intent: intent.id })
    const { tax_transaction_attempts: made } = await stripe.tax.associations.find({
      payment_intent: intent.id,
    })
    const types = await Promise.all(
      made!.map(async one => (await stripe.tax.transactions.retrieve(one.committed!.transaction)).type),
    )
    expect(types).toEqual(['transaction', 'reversal'])
    const unknown = stripe.paymentIntents.create({
      amount: 100,
      currency: 'eur',
      hooks: { inputs: { tax: { calculation: 'taxcalc_1Nobody' } } },
    })
    expect(await refusal(unknown)).toMatchObject({ statusCode: 400, code: 'resource_missing' })
  })
})

describe('automatic tax of a Checkout Session', () => {
  const wanted = {
    mode: 'payment',
    success_url: 'https://shop.example/thanks',
    automatic_tax: { enabled: true },
    line_items: [
      {
        quantity: 2,
        price_data: {
          currency: 'eur',
          unit_amount: 500,
          tax_behavior: 'exclusive',
          product_data: { name: 'Mug' },
        },
      },
    ],
  } satisfies Stripe.Checkout.SessionCreateParams

  test('needs Stripe Tax, waits for an address, and adds the tax to the lines and the total', async () => {
    expect(await refusal(merchant().checkout.sessions.create(wanted))).toMatchObject({
      code: 'stripe_tax_inactive',
    })
    const stripe = await taxed()
    const session = await stripe.checkout.sessions.create(wanted)
    expect(session).toMatchObject({
      amount_total: 1_000,
      automatic_tax: { enabled: true, status: 'requires_location_inputs' },
    })
    const pay = (place: Record<string, string>) =>
      fetch(`${session.url}/pay`, {
        method: 'POST',
        body: new URLSearchParams({ email: 'a@b.example', ...place }),
      })
    expect((await pay({ country: 'US' })).status).toBe(400)
    expect((await pay({ country: 'DE', postal_code: '10115' })).status).toBe(200)
    expect(
      await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'payment_intent'] }),
    ).toMatchObject({
      amount_subtotal: 1_000,
      amount_total: 1_190,
      automatic_tax: { status: 'complete' },
      total_details: { amount_tax: 190, amount_discount: 0, amount_shipping: 0 },
      payment_intent: { amount: 1_190 },
      line_items: { data: [{ amount_tax: 190, amount_total: 1_190 }] },
    })
  })
})
