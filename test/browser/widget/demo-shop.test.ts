import { expect, test } from 'vitest'
import { DEMO_STORE, OPEN_STORE } from '../../../src/demo/demo.ts'
import { picture } from '../browser.ts'
import { payWith, receipt } from '../shopper.ts'
import { button, findings, rows, total, visiting } from './visit.ts'

const visit = visiting()

test.each(['light', 'dark'] as const)('%s: shows its products, and sells them', async colorScheme => {
  await visit.again('demo/shop', { colorScheme }, visit.service.url)
  const widths = await visit.page.evaluate(`Promise.all(
    [...document.querySelectorAll('.product img')].map(image => image.decode().then(() => image.naturalWidth)),
  )`)
  expect(widths).toEqual(Array(7).fill(480))
  expect(await findings(visit)).toEqual([])
  await picture(visit.page, `demo-shop-${colorScheme}`)
  await button(visit, 'Add to cart: Gooseneck kettle, 0.9 l').click()
  await total(visit, '€89.00')
  expect(await visit.page.locator('[data-cart-count]').textContent()).toBe('1')
  await picture(visit.page, `demo-shop-cart-${colorScheme}`, { window: true })
  await visit.page.keyboard.press('Escape')
  await button(visit, 'Cart (1)').click()
  await button(visit, 'Check out').click()
  await visit.page.waitForURL(`${visit.service.url}/checkout/**`)
})

test('sells a product in the size that is chosen, at its price; two sizes are two lines, and both are paid', async () => {
  await visit.again('demo/shop', {}, visit.service.url)
  const add = button(visit, 'Add to cart: Barista apron, linen')
  await visit.page.getByLabel('Size').selectOption({ label: 'Large: €46.00' })
  await add.click()
  await total(visit, '€46.00')
  await visit.page.keyboard.press('Escape')
  await visit.page.getByLabel('Size').selectOption({ label: 'Small' })
  await add.click()
  await total(visit, '€88.00')
  expect(await rows(visit).count()).toBe(2)
  await picture(visit.page, 'demo-shop-variants', { window: true })
  await button(visit, 'Check out').click()
  await visit.page.waitForURL(`${visit.service.url}/checkout/**`)
  const lines = await visit.page.locator('.line-name bdi').allTextContents()
  expect(lines.map(line => line.replace(/\s+/g, ' '))).toEqual([
    expect.stringContaining('Large'),
    expect.stringContaining('Small'),
  ])
  await payWith(visit.page, '4242424242424242')
  await receipt(visit.page)
})

test('the second store has one too, and no other store has', async () => {
  const { url } = visit.service
  await visit.page.goto(`${url}/demo/shop?store=${OPEN_STORE}`)
  await visit.page.getByText('Second Store').first().waitFor()
  const other = await visit.page.goto(`${url}/demo/shop?store=${DEMO_STORE.replace('a', 'f')}`)
  expect(other!.status()).toBe(422)
})
