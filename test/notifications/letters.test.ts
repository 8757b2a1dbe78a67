import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { markInvalid } from '../../src/stores/connections.ts'
import { type House, openHouse } from '../harness/house.ts'
import { paidOrder } from '../harness/paid-order.ts'
import { put } from '../harness/pricing.ts'
import { tellNow } from '../harness/receiver.ts'
import { askRefund } from '../harness/refunds.ts'
import { control } from '../harness/sandbox-control.ts'
import { internal, newKeys, openCheckout, openShop, orderOf, pay, type Shop, until } from '../harness/shop.ts'
import { deliver, intentEvent, intentOf, paidIntent, SIGNING_SECRET } from '../harness/stripe-event.ts'
import { lettersTo } from '../owners/browser.ts'

let house: House
let shop: Shop
let count = 0
const newAddress = () => {
  count += 1
  return `letter-${count}@example.com`
}

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house, newKeys(), {
    name: 'Fern & Kettle <b>',
    support_email: 'help@fern.example',
    owner_email: 'fern@example.com',
  })
})
afterAll(() => house.close())

async function tell(): Promise<void> {
  await tellNow(house)
  // Delivery begins by itself: what it has in hand already is waited for.
  await house.deps.mail.deliver()
  const waiting = () => house.deps.db.selectFrom('mails').select('id').where('box', 'is not', null).execute()
  await until(waiting, ({ length }) => length === 0)
}

test('the receipt: what was bought, from whom, for how much, and who helps', async () => {
  const to = newAddress()
  const { confirmation_code } = await paidOrder(house, shop, { customer_email: to })
  await tell()
  const [letter, ...more] = lettersTo(house, to)
  expect(more).toEqual([])
  expect(letter!.subject).toBe(`Your receipt from Fern & Kettle <b>: ${confirmation_code}`)
  for (const said of [confirmation_code, '2 × The mug: €36.00', 'The beans: €12.90', 'Total: €48.90']) {
    expect(letter!.text).toContain(said)
  }
  expect(letter!.text).toContain('help@fern.example')
  expect(letter!.html).toContain('Fern &amp; Kettle &lt;b&gt;')
  expect(letter!.html).not.toContain('<b>')
})

test.each([
  ['de', 'hat Ihre Zahlung über 48,90 € erhalten.', '<html lang="de" dir="ltr">'],
  ['pt', 'recebeu o seu pagamento de 48,90 €.', '<html lang="pt-PT" dir="ltr">'],
  ['he-IL', 'תודה על ההזמנה', '<html lang="he" dir="rtl">'],
  ['tlh', 'has received your payment of €48.90.', '<html lang="en" dir="ltr">'],
])("is in the order's language: %s", async (locale, words, tag) => {
  const to = newAddress()
  await paidOrder(house, shop, { customer_email: to, locale })
  await tell()
  const [letter] = lettersTo(house, to)
  expect(letter!.text.replaceAll('\u00a0', ' ')).toContain(words)
  expect(letter!.html).toContain(tag)
})

test('for an order that costs nothing it speaks of no payment', async () => {
  await put(house, shop.id, 'products/sample', { name: 'Sample', price: 0, currency: 'eur' })
  const to = newAddress()
  const { token, confirmation_code } = await openCheckout(house, shop, {
    customer_email: to,
    line_items: [{ product_id: 'sample', quantity: 2 }],
  })
  expect((await pay(house, token)).status).toBe(200)
  await tell()
  const [letter, ...more] = lettersTo(house, to)
  expect(more).toEqual([])
  expect(letter!.subject).toBe(`Your order from Fern & Kettle <b>: ${confirmation_code}`)
  for (const said of ['2 × Sample: €0.00', 'Total: €0.00', 'There is nothing to pay.'])
    expect(letter!.text).toContain(said)
  expect(letter!.text.replace('nothing to pay', '')).not.toMatch(/\bpa(y|id|yment)\b/i)
})

test('twenty deliveries of the payment, and a late one, are one receipt', async () => {
  const own = await openShop(house, {
    ...newKeys('NoWebhooks', 'test', 'rk'),
    webhook_secret: SIGNING_SECRET,
  } as never)
  const to = newAddress()
  const { token, order_id } = await openCheckout(house, own, { customer_email: to })
  await pay(house, token)
  const intent = await intentOf(house, own, order_id)
  const event = () => intentEvent('payment_intent.succeeded', paidIntent(intent, 4890))
  const again = event()
  await Promise.all(Array.from({ length: 20 }, () => deliver(house, again)))
  await Promise.all([tell(), tell(), tell()])
  await deliver(house, event())
  await tell()
  expect(lettersTo(house, to)).toHaveLength(1)
})

test('each refund is told once, with its amount; one that failed is not', async () => {
  const to = newAddress()
  const { order_id } = await paidOrder(house, shop, { customer_email: to })
  const refund = (amount: number) => askRefund(house, shop, order_id, { amount })
  const { body } = await refund(890)
  await refund(1000)
  await tell()
  await control(house, 'POST', `refunds/${body.stripe_refund}/fail`, {})
  await until(
    () => orderOf(house, shop, order_id),
    ({ amount_refunded }) => amount_refunded === 1000,
  )
  await tell()
  const said = lettersTo(house, to).map(({ text }) => /has refunded (\S+)/.exec(text)?.[1])
  expect(said.sort()).toEqual([undefined, '€10.00', '€8.90'].sort())
})

test('the owner is told of a dispute once, and the shopper gets no second receipt when it is won', async () => {
  const to = newAddress()
  const { order_id, intent, confirmation_code } = await paidOrder(house, shop, { customer_email: to })
  const { id } = await control(house, 'POST', `payments/${intent}/dispute`, {
    reason: 'product_not_received',
  })
  await until(
    () => orderOf(house, shop, order_id),
    ({ disputes }) => disputes[0]?.funds === 'withdrawn',
  )
  await tell()
  await control(house, 'POST', `disputes/${id}/close`, { won: true })
  await until(
    () => orderOf(house, shop, order_id),
    ({ disputes }) => disputes[0]?.funds === 'reinstated',
  )
  await tell()
  const letters = lettersTo(house, 'fern@example.com').filter(({ text }) => text.includes(confirmation_code))
  expect(letters).toHaveLength(1)
  expect(letters[0]!.text).toContain('product not received')
  expect(letters[0]!.text).toContain(`https://dashboard.stripe.com/test/disputes/${id}`)
  expect(letters[0]!.text).toMatch(/until \d{4}-\d\d-\d\d/)
  expect(lettersTo(house, to)).toHaveLength(1)
})

test('the owner is told once that Stripe rejects the key', async () => {
  const owner_email = newAddress()
  const broken = await openShop(house, newKeys(), { owner_email })
  const { id } = await house.deps.db
    .selectFrom('connections')
    .select('id')
    .where('store_id', '=', broken.id)
    .executeTakeFirstOrThrow()
  await Promise.all([1, 2, 3].map(() => markInvalid(house.deps.db, { store_id: broken.id, id })))
  await tell()
  expect(lettersTo(house, owner_email).map(({ subject }) => subject)).toEqual([
    'Test Store cannot take payments: Stripe rejects its key',
  ])
})

describe('a new order', () => {
  const own = async (more: object) => {
    const owner_email = newAddress()
    return {
      ...(await openShop(house, newKeys(), { owner_email, name: 'Fern & Kettle', ...more })),
      owner_email,
    }
  }

  test('is mailed to the owner who asked for it, once, in the language they chose', async () => {
    const quiet = await own({})
    const english = await own({ order_mail: true })
    const german = await own({})
    const { body } = await internal(house, 'PATCH', `/stores/${german.id}`, {
      order_mail: true,
      owner_locale: 'de',
    })
    expect(body).toMatchObject({ order_mail: true, owner_locale: 'de' })
    const customer_email = newAddress()
    await paidOrder(house, quiet, { customer_email })
    const { confirmation_code, order_id } = await paidOrder(house, english, { customer_email })
    await paidOrder(house, german)
    await Promise.all([tell(), tell()])

    expect(lettersTo(house, quiet.owner_email)).toEqual([])
    const [letter, ...more] = lettersTo(house, english.owner_email)
    expect(more).toEqual([])
    expect(letter!.subject).toBe(`New order ${confirmation_code} at Fern & Kettle: €48.90`)
    for (const said of [customer_email, '2 × The mug: €36.00', `/portal/${english.id}/orders/${order_id}`]) {
      expect(letter!.text).toContain(said)
    }
    const [brief] = lettersTo(house, german.owner_email)
    expect(brief!.subject.replaceAll('\u00a0', ' ')).toMatch(
      /^Neue Bestellung .* bei Fern & Kettle: 48,90 €$/,
    )
    expect(brief!.html).toContain('<html lang="de" dir="ltr">')
  })
})

test('one thing that cannot be told steps aside and holds up nothing else', async () => {
  await house.deps.db
    .insertInto('outbox')
    .values({
      store_id: shop.id,
      kind: 'order.refunded',
      order_id: (await paidOrder(house, shop, { customer_email: newAddress() })).order_id,
      subject: 'not-a-refund',
      detail: null,
    })
    .execute()
  const to = newAddress()
  await paidOrder(house, shop, { customer_email: to })
  await tell()
  expect(lettersTo(house, to)).toHaveLength(1)
  const left = await house.deps.db.selectFrom('outbox').select(['subject', 'failed_at', 'failure']).execute()
  expect(left).toMatchObject([{ subject: 'not-a-refund', failed_at: expect.any(Date), failure: '22P02' }])
})
