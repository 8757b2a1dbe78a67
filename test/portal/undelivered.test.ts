import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tidyMail } from '../../src/mail/mail.ts'
import { type House, openHouse } from '../harness/house.ts'
import { type PaidOrder, paidOrder } from '../harness/paid-order.ts'
import { listen, openReceiver, type Receiver, tellNow, typesOf } from '../harness/receiver.ts'
import { openShop, type Shop, until } from '../harness/shop.ts'
import { type Browser, lettersTo, otherOwner, signedIn } from '../owners/browser.ts'
import { actions, read } from './reading.ts'

let house: House
let shop: Shop
let owner: Browser
let receiver: Receiver
let home: string

beforeAll(async () => {
  house = await openHouse()
  receiver = await openReceiver()
  shop = await openShop(house)
  await listen(house, shop, receiver.url)
  owner = await signedIn(house)
  home = `/portal/${shop.id}/deliveries`
})
afterAll(async () => {
  await house.close()
  await receiver.close()
})

/** Where the page links to for letting the first one of these be. */
const dismissals = (html: string, part: string) =>
  new RegExp(`href="([^"]*/${part}[^"]*/dismiss)"`).exec(html)![1]!
const lettersLeft = (mails: { box: string | null }[]) => mails.filter(({ box }) => box !== null).length
const activity = async () => read((await owner.get(`/portal/${shop.id}/activity`)).text)

describe('a letter that no mail server took', () => {
  const giveUp = () =>
    house.deps.db
      .updateTable('mails')
      .set({ tries: 8, failure: 'ECONNREFUSED' })
      .where('box', 'is not', null)
      .where('store_id', '=', shop.id)
      .execute()

  /** A paid order whose receipt was given up: the mail server was away from the first try to the last. */
  async function unsentReceipt(to: string): Promise<PaidOrder> {
    const order = await paidOrder(house, shop, { customer_email: to })
    const { wake } = house.deps.mail
    house.deps.mail.wake = () => undefined
    await tellNow(house)
    house.deps.mail.wake = wake
    await giveUp()
    await tidyMail(house.deps.db)
    expect(await house.deps.mail.deliver()).toEqual({ sent: 0, failed: 0 })
    return order
  }

  test('is kept, shown with why, and sent after all when the owner asks', async () => {
    const to = 'dead@example.com'
    const { order_id } = await unsentReceipt(to)
    expect(read((await owner.get(`/portal/${shop.id}`)).text)).toContain('Something could not be delivered')
    const { text } = await owner.get(home)
    expect(read(text)).toContain('Receipt tried 8 times, ECONNREFUSED')
    expect(text).toContain(`/orders/${order_id}`)
    expect(text).not.toContain(to)
    const [retry = ''] = actions(text, '/letters/')
    expect((await owner.post(retry)).location).toContain('done=retried')
    await until(
      async () => lettersTo(house, to),
      ({ length }) => length === 1,
    )
    expect(read((await owner.get(home)).text)).toContain('Everything got through')
    expect((await owner.post(retry)).status).toBe(404)
    expect(await activity()).toContain('Had a letter sent after all (receipt)')
  })

  test('is dismissed after a second look, is never sent then, and the order says so', async () => {
    const { order_id } = await unsentReceipt('gone@example.com')
    const dismiss = dismissals((await owner.get(home)).text, 'letters/')
    const sure = await owner.get(dismiss)
    expect(read(sure.text)).toContain('Why it did not get through tried 8 times, ECONNREFUSED')
    expect(actions(sure.text, '/letters/')).toEqual([dismiss])
    expect(lettersLeft(await house.deps.db.selectFrom('mails').selectAll().execute())).toBe(1)
    expect((await owner.post(dismiss)).location).toContain('done=dismissed')
    expect(lettersLeft(await house.deps.db.selectFrom('mails').selectAll().execute())).toBe(0)
    expect(read((await owner.get(home)).text)).toContain('Everything got through')
    const order = read((await owner.get(`/portal/${shop.id}/orders/${order_id}`)).text)
    expect(order).toContain('Receipt was never mailed')
    expect(order).toContain('Dismissed a letter that could not be sent: receipt')
    expect((await owner.get(dismiss)).status).toBe(404)
    expect((await owner.post(dismiss)).status).toBe(404)
  })

  test('is forgotten after a month', async () => {
    await house.deps.mail.post(
      house.deps.db,
      { to: 'old@example.com', subject: 'Old', heading: 'Old', paragraphs: [], footnote: '' },
      10,
      { store_id: shop.id, kind: 'dispute' },
    )
    await giveUp()
    await house.deps.db
      .updateTable('mails')
      .set({ created_at: sql`now() - interval '31 days'` })
      .where('box', 'is not', null)
      .execute()
    await tidyMail(house.deps.db)
    expect(
      await house.deps.db.selectFrom('mails').select('id').where('box', 'is not', null).execute(),
    ).toEqual([])
  })
})

describe('what could not be told', () => {
  async function untold(): Promise<PaidOrder> {
    const order = await paidOrder(house, shop)
    await tellNow(house)
    const about = { store_id: shop.id, order_id: order.order_id, subject: 'not-a-refund', detail: null }
    await house.deps.db
      .insertInto('outbox')
      .values({ ...about, kind: 'order.refunded' })
      .execute()
    await house.deps.db
      .updateTable('orders')
      .set({ customer_email: 'a@example.com' })
      .where('id', '=', order.order_id)
      .execute()
    await tellNow(house)
    return order
  }
  const lines = () => house.deps.db.selectFrom('outbox').select('id').execute()

  test('is shown, and told once its cause is mended', async () => {
    await untold()
    const { text } = await owner.get(home)
    expect(read(text)).toContain('Telling of order.refunded failed with ZodError')
    const [retry = ''] = actions(text, '/happenings/')
    await house.deps.db.updateTable('outbox').set({ subject: null }).execute()
    expect((await owner.post(retry)).location).toContain('done=retried')
    await tellNow(house)
    expect(typesOf(receiver)).toContain('order.refunded')
    expect(await lines()).toEqual([])
    expect((await owner.post(retry)).status).toBe(404)
  })

  test('is dismissed after a second look, and it is written down who let it be', async () => {
    const { order_id } = await untold()
    const told = typesOf(receiver).length
    const dismiss = dismissals((await owner.get(home)).text, 'happenings/')
    const sure = await owner.get(dismiss)
    expect(read(sure.text)).toContain('Telling of order.refunded')
    expect(await lines()).toHaveLength(1)
    expect((await owner.post(dismiss)).location).toContain('done=dismissed')
    expect(await lines()).toEqual([])
    await tellNow(house)
    expect(typesOf(receiver)).toHaveLength(told)
    expect(await activity()).toContain('Dismissed what could not be told (order.refunded)')
    const order = read((await owner.get(`/portal/${shop.id}/orders/${order_id}`)).text)
    expect(order).toContain('Dismissed “order.refunded”, which could not be told')
    expect((await owner.post(dismiss)).status).toBe(404)
  })

  test('is not dismissed while it only waits for its turn', async () => {
    const { order_id } = await untold()
    const dismiss = dismissals((await owner.get(home)).text, 'happenings/')
    await house.deps.db.updateTable('outbox').set({ failed_at: null, subject: null }).execute()
    expect((await owner.post(dismiss)).status).toBe(404)
    expect(await lines()).toHaveLength(1)
    await house.deps.db.deleteFrom('outbox').where('order_id', '=', order_id).execute()
  })
})

test('of very many the oldest are shown, and that there are more is said', async () => {
  const crowded = await openShop(house)
  await sql`
    insert into outbox (store_id, kind, subject, failed_at, failure)
    select ${crowded.id}::uuid, 'order.refunded', n::text, now(), 'ZodError' from generate_series(1, 101) n`.execute(
    house.deps.db,
  )
  const place = `/portal/${crowded.id}`
  const { text } = await owner.get(`${place}/deliveries`)
  expect(read(text)).toContain('The oldest 100 are shown')
  expect(actions(text, '/happenings/')).toHaveLength(100)
  expect((await owner.get(dismissals(text, 'happenings/'))).status).toBe(200)
  expect(read((await owner.get(place)).text)).toContain('More than 100 things could not be delivered')
  await owner.post(dismissals(text, 'happenings/'))
  expect(read((await owner.get(`${place}/deliveries`)).text)).not.toContain('The oldest 100')
})

test('nobody else finds it, and what is no id is none', async () => {
  const other = await otherOwner(house)
  for (const part of ['letters/0199d3a0-0000-7000-8000-0000000000ff', 'happenings/1', 'happenings/x']) {
    for (const act of ['retry', 'dismiss']) {
      for (const browser of [owner, other]) {
        expect((await browser.post(`${home}/${part}/${act}`)).status).toBe(404)
      }
    }
    expect((await owner.get(`${home}/${part}/dismiss`)).status).toBe(404)
  }
})
