import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { newVendor } from '../harness/market.ts'
import { internal, openShop, type Shop } from '../harness/shop.ts'
import { type Browser, otherOwner, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let page: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  page = `/portal/${shop.id}/settings`
})
afterAll(() => house.close())

const PLAIN = {
  name: 'Market',
  logo_url: '',
  color: '',
  support_email: '',
  support_url: '',
  origins: '',
}
const commission = async () =>
  (await internal(house, 'GET', `/stores/${shop.id}`)).body.commission_bps as number

test('the commission of the store is asked for once there are vendors, and kept in basis points', async () => {
  expect((await owner.get(page)).text).not.toContain('name="commission"')
  await owner.post(page, PLAIN)
  expect(await commission()).toBe(1000)
  await newVendor(house, shop, 'pottery')
  expect((await owner.get(page)).text).toMatch(/name="commission"[^>]*value="10"/)
  expect((await owner.post(page, { ...PLAIN, commission: '12,5' })).status).toBe(303)
  expect(await commission()).toBe(1250)
  expect((await owner.get(page.replace('settings', 'vendors'))).text).toContain('12.5 %')
  expect((await owner.get(page.replace('settings', 'activity'))).text).toContain('commission')
})

test.each(['', '101', '1.234', 'ten', '-1'])('a commission of %j is refused at its field', async wrong => {
  const before = await commission()
  const answer = await owner.post(page, { ...PLAIN, commission: wrong })
  expect(answer.status).toBe(422)
  expect(answer.text).toMatch(/id="commission"[^>]*aria-invalid="true"/)
  expect(answer.text).toContain('Write a percentage from 0 to 100')
  expect(await commission()).toBe(before)
})

test('nobody else sets it: not another owner, not another site', async () => {
  const other = await otherOwner(house)
  const before = await commission()
  expect((await other.post(page, { ...PLAIN, commission: '1' })).status).toBe(404)
  expect((await owner.post(page, { ...PLAIN, commission: '1' }, 'https://evil.example')).status).toBe(403)
  expect(await commission()).toBe(before)
})
