import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { newVendor } from '../harness/market.ts'
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
  home = `/portal/${shop.id}`
})
afterAll(() => house.close())

const product = async (id: string) =>
  (await internal(house, 'GET', `/stores/${shop.id}/products/${id}`)).body as Record<string, unknown>

/** The fields of the form as a browser would send them when nobody touched any. */
async function formOf(id: string): Promise<Record<string, string>> {
  const { text } = await owner.get(`${home}/products/${id}`)
  const form = text.slice(
    text.indexOf('<form class="form"'),
    text.indexOf('</form>', text.indexOf('id="variants"')),
  )
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = / name="([^"]*)"/.exec(tag)?.[1]
    if (name && (!tag.includes('type="checkbox"') || tag.includes(' checked')))
      fields[name] = / value="([^"]*)"/.exec(tag)?.[1] ?? ''
  }
  const vendor = /<option value="([^"]*)" selected>/.exec(form)?.[1]
  return vendor === undefined ? fields : { ...fields, vendor_id: vendor }
}

test('stock, tax class and whether it is shipped are set, and stock can stop being counted', async () => {
  const path = `${home}/products/new`
  const fields = {
    name: 'Tea tin',
    price: '9',
    image_url: '',
    stock: '12',
    tax_class: 'food',
    shippable: 'on',
  }
  expect((await owner.post(path, fields)).location).toContain('done=product')
  expect(await product('tea-tin')).toMatchObject({ stock: 12, tax_class: 'food', shippable: true })
  const { shippable: _, ...form } = await formOf('tea-tin')
  await owner.post(`${home}/products/tea-tin`, { ...form, stock: '', tax_class: '' })
  expect(await product('tea-tin')).toMatchObject({ stock: null, tax_class: null, shippable: false })
  expect((await owner.get(`${home}/activity`)).text).toContain('stock')
})

test('variants are added, changed, put out of sale and removed, without a script', async () => {
  const rows = {
    variant_0_name: 'Größe L',
    variant_0_id: '',
    variant_0_price: '19,50',
    variant_0_stock: '3',
    variant_0_active: 'on',
    variant_1_name: 'Small',
    variant_1_id: 's',
    variant_1_price: '',
    variant_1_stock: '',
    variant_2_name: '',
    variant_2_id: '',
    variant_2_price: '',
    variant_2_stock: '',
    variant_2_active: 'on',
  }
  await owner.post(`${home}/products/new`, { name: 'Shirt', price: '15', image_url: '', ...rows })
  expect((await product('shirt')).variants).toMatchObject([
    { id: 'gro-e-l', price: 1950, stock: 3, active: true },
    { id: 's', name: 'Small', price: null, stock: null, active: false },
  ])
  const form = await formOf('shirt')
  expect(form.variant_4_name).toBe('')
  await owner.post(`${home}/products/shirt`, { ...form, variant_0_remove: 'on', variant_1_active: 'on' })
  expect((await product('shirt')).variants).toMatchObject([{ id: 's', active: true }])
})

test('saving the form keeps what it does not show, and what was sold while it was open', async () => {
  const large = {
    id: 'l',
    name: 'Large',
    options: { Size: 'L' },
    image_url: 'https://x.example/l.png',
    stock: 9,
  }
  const plain = { name: 'Cap', price: '15', currency: 'eur', stock: 5 }
  await put(house, shop.id, 'products/cap', { ...plain, variants: [large] })
  const form = await formOf('cap')
  await put(house, shop.id, 'products/cap', { ...plain, stock: 4, variants: [{ ...large, stock: 8 }] })
  await owner.post(`${home}/products/cap`, { ...form, name: 'Blue cap' })
  expect(await product('cap')).toMatchObject({
    name: 'Blue cap',
    stock: 4,
    variants: [{ ...large, stock: 8 }],
  })
})

test.each([
  ['stock', { stock: 'many' }, 'Write how many there are'],
  ['tax_class', { tax_class: 'Big Books' }, 'small letters'],
  ['variant_0_price', { variant_0_name: 'L', variant_0_price: '1.234' }, 'is not an amount'],
  ['variant_0_price', { variant_0_name: 'L', variant_0_price: 'free' }, 'Write the price as a number'],
  ['variant_1_name', { variant_1_name: '', variant_1_stock: '3' }, 'Give it a name.'],
  ['variant_0_id', { variant_0_name: 'L', variant_0_id: 'a b' }, 'letters, digits'],
  [
    'variant_1_id',
    { variant_0_name: 'A', variant_0_id: 'x', variant_1_name: 'B', variant_1_id: 'x' },
    'Another variant has this id.',
  ],
])('%s that is not right is said at its field, and nothing is saved', async (field, wrong, said) => {
  const sent = { name: 'Odd thing', price: '1', image_url: '', ...wrong }
  const page = await owner.post(`${home}/products/new`, sent)
  expect(page.status).toBe(422)
  expect(page.text).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`))
  expect(page.text).toContain(said)
  expect((await product('odd-thing')).name).toBeUndefined()
})

test('the vendor is asked for only where there are vendors, and only one of the store is taken', async () => {
  const fields = { name: 'Bowl', price: '20', image_url: '' }
  expect((await owner.get(`${home}/products/new`)).text).not.toContain('name="vendor_id"')
  await newVendor(house, shop, 'pottery')
  expect((await owner.get(`${home}/products/new`)).text).toContain('The pottery')
  const foreign = await owner.post(`${home}/products/new`, { ...fields, vendor_id: 'stranger' })
  expect([foreign.status, foreign.text.includes('is not a vendor of this store')]).toEqual([422, true])
  await owner.post(`${home}/products/new`, { ...fields, vendor_id: 'pottery' })
  expect(await product('bowl')).toMatchObject({ vendor_id: 'pottery' })
  await owner.post(`${home}/products/bowl`, { ...(await formOf('bowl')), price: '21' })
  expect(await product('bowl')).toMatchObject({ vendor_id: 'pottery', price: 2100 })
  await owner.post(`${home}/products/bowl`, { ...(await formOf('bowl')), vendor_id: '' })
  expect(await product('bowl')).toMatchObject({ vendor_id: null })
})

test('nobody else adds variants: not another owner, not another site', async () => {
  const other = await otherOwner(house)
  const fields = { name: 'Stolen', price: '1', image_url: '', variant_0_name: 'Stolen' }
  expect((await other.get(`${home}/products/mug`)).status).toBe(404)
  expect((await other.post(`${home}/products/mug`, fields)).status).toBe(404)
  expect((await owner.post(`${home}/products/mug`, fields, 'https://evil.example')).status).toBe(403)
  expect((await product('mug')).variants).toEqual([])
})
