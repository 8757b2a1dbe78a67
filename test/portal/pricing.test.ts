import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { put } from '../harness/pricing.ts'
import { internal, openShop, type Shop } from '../harness/shop.ts'
import { type Browser, otherOwner, signedIn } from '../owners/browser.ts'

let house: House
let shop: Shop
let owner: Browser
let home: string

beforeAll(async () => {
  house = await openHouse()
  shop = await openShop(house)
  owner = await signedIn(house)
  home = `/portal/${shop.id}/pricing`
})
afterAll(() => house.close())

const SHIPPING = { name: 'Standard', amount: '4,90', free_from: '50', countries: 'de, AT', active: 'on' }
const TAX = {
  name: 'VAT',
  percentage: '8,875',
  inclusive: 'no',
  country: 'us',
  region: 'ny',
  tax_class: '',
  shipping: 'on',
  active: 'on',
}
const CODE = {
  code: 'spring15',
  percentage: '12.5',
  amount: '',
  minimum: '20',
  max_redemptions: '100',
  once_per_customer: 'on',
  starts_at: '',
  ends_at: '2126-12-24T18:00',
  active: 'on',
}

const kept = async (path: string) =>
  (await internal(house, 'GET', `/stores/${shop.id}/${path}`)).body as Record<string, unknown>

test.each([
  ['shipping', SHIPPING, 'shipping-rates', 'standard', 'Standard'],
  ['taxes', TAX, 'tax-rates', 'vat', 'VAT'],
  ['discounts', CODE, 'discounts', 'SPRING15', 'SPRING15'],
])('%s: one is added, listed, switched off and deleted, and the trail says so', async (...of) => {
  const [kind, fields, path, id, name] = of
  const list = `${home}/${kind}`
  expect((await owner.post(`${list}/new`, fields)).location).toBe(`${list}?done=term`)
  expect(await kept(`${path}/${id}`)).toMatchObject({ active: true })
  expect((await owner.get(list)).text).toContain(name)
  const { active: _, ...off } = fields
  expect((await owner.post(`${list}/${id}`, off)).location).toBe(`${list}?done=term`)
  expect(await kept(`${path}/${id}`)).toMatchObject({ active: false })
  expect((await owner.get(`${list}/${id}`)).text).toContain('Not active')
  expect((await owner.post(`${list}/${id}/delete`)).location).toBe(`${list}?done=term_deleted`)
  expect((await owner.get(`${list}/${id}`)).status).toBe(404)
  const trail = (await owner.get(`/portal/${shop.id}/activity`)).text
  for (const verb of ['Added', 'Changed', 'Deleted'])
    expect(trail).toMatch(new RegExp(`${verb} the [a-z ]*“?${name}`))
})

test('what is typed is kept exactly: decimals with a comma, percentages, countries, times in UTC', async () => {
  await owner.post(`${home}/shipping/new`, SHIPPING)
  expect(await kept('shipping-rates/standard')).toMatchObject({
    amount: 490,
    free_from: 5000,
    countries: ['AT', 'DE'],
  })
  await owner.post(`${home}/taxes/new`, TAX)
  expect(await kept('tax-rates/vat')).toMatchObject({
    percentage: '8.875',
    inclusive: false,
    country: 'US',
    region: 'NY',
    shipping: true,
  })
  await owner.post(`${home}/discounts/new`, CODE)
  expect(await kept('discounts/SPRING15')).toMatchObject({
    percentage: '12.5',
    amount: null,
    minimum: 2000,
    max_redemptions: 100,
    once_per_customer: true,
    ends_at: '2126-12-24T18:00:00.000Z',
  })
  const form = (await owner.get(`${home}/discounts/SPRING15`)).text
  for (const value of ['12.5', '20.00', '2126-12-24T18:00']) expect(form).toContain(`value="${value}"`)
})

test.each([
  ['shipping', 'name', { ...SHIPPING, name: ' ' }, 'Give it a name.'],
  ['shipping', 'amount', { ...SHIPPING, amount: 'free' }, 'Write the amount as a number'],
  ['shipping', 'amount', { ...SHIPPING, amount: '' }, 'Write the amount as a number'],
  ['shipping', 'amount', { ...SHIPPING, amount: '4.999' }, 'is not an amount of eur'],
  ['shipping', 'countries', { ...SHIPPING, countries: 'DE, Germany' }, 'is not the code of a country'],
  ['taxes', 'percentage', { ...TAX, percentage: '8.87555' }, 'at most 4 decimals'],
  ['taxes', 'percentage', { ...TAX, percentage: '101' }, 'is not a percentage'],
  ['taxes', 'region', { ...TAX, country: '' }, 'needs a country'],
  ['taxes', 'shipping', { ...TAX, tax_class: 'books' }, 'without a tax class'],
  ['discounts', 'code', { ...CODE, code: 'ten percent!' }, 'is not a code'],
  ['discounts', 'code', { ...CODE, code: 'taken' }, 'you have already'],
  ['discounts', 'percentage', { ...CODE, amount: '5' }, 'Give either a percentage or an amount.'],
  ['discounts', 'percentage', { ...CODE, percentage: '1.234' }, 'at most 2 decimals'],
  ['discounts', 'percentage', { ...CODE, percentage: '0' }, 'must be more than 0'],
  ['discounts', 'max_redemptions', { ...CODE, max_redemptions: 'often' }, 'Write how often'],
  ['discounts', 'ends_at', { ...CODE, ends_at: '2126-99-99T18:00' }, 'Write a day and a time'],
  ['discounts', 'ends_at', { ...CODE, starts_at: '2127-01-01T00:00' }, 'must be later than the start'],
])('%s: %s that is not right is said at its field (%j)', async (kind, field, fields, said) => {
  await put(house, shop.id, 'discounts/TAKEN', { percentage: '5' })
  const page = await owner.post(`${home}/${kind}/new`, fields)
  expect(page.status).toBe(422)
  expect(page.text).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
  expect(page.text).toContain(said)
})

test('two tax rates for one place and class are refused at the country', async () => {
  const fields = { ...TAX, country: 'FR', region: '', name: 'TVA' }
  expect((await owner.post(`${home}/taxes/new`, fields)).status).toBe(303)
  const page = await owner.post(`${home}/taxes/new`, { ...fields, name: 'Another' })
  expect([page.status, page.text.includes('Another tax rate is already for that place')]).toEqual([422, true])
})

test('nobody else sees or changes them: not another owner, not another site', async () => {
  const other = await otherOwner(house)
  await put(house, shop.id, 'discounts/MINE', { percentage: '5' })
  for (const [kind, fields] of [
    ['shipping', SHIPPING],
    ['taxes', { ...TAX, country: 'IT', region: '' }],
    ['discounts', { ...CODE, code: 'STOLEN' }],
  ] as const) {
    expect((await other.get(`${home}/${kind}`)).status).toBe(404)
    expect((await other.post(`${home}/${kind}/new`, fields)).status).toBe(404)
    expect((await owner.post(`${home}/${kind}/new`, fields, 'https://evil.example')).status).toBe(403)
  }
  expect((await other.post(`${home}/discounts/MINE/delete`)).status).toBe(404)
  expect((await owner.post(`${home}/discounts/MINE/delete`, {}, 'https://evil.example')).status).toBe(403)
  expect(await kept('discounts/MINE')).toMatchObject({ percentage: '5' })
  expect((await kept('discounts/STOLEN')).percentage).toBeUndefined()
})
