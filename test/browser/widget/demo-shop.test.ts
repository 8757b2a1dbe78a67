import { expect, test } from 'vitest'
import { DEMO_STORE, OPEN_STORE } from '../../../src/demo/demo.ts'
import { picture } from '../browser.ts'
import { button, findings, total, visiting } from './visit.ts'

const visit = visiting()

test.each(['light', 'dark'] as const)('%s: shows its products, and sells them', async colorScheme => {
  await visit.again('demo/shop', { colorScheme }, visit.service.url)
  const widths = await visit.page.evaluate(`Promise.all(
    [...document.querySelectorAll('.product img')].map(image => image.decode().then(() => image.naturalWidth)),
  )`)
  expect(widths).toEqual(Array(6).fill(480))
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

test('the second store has one too, and no other store has', async () => {
  const { url } = visit.service
  await visit.page.goto(`${url}/demo/shop?store=${OPEN_STORE}`)
  await visit.page.getByText('Second Store').first().waitFor()
  const other = await visit.page.goto(`${url}/demo/shop?store=${DEMO_STORE.replace('a', 'f')}`)
  expect(other!.status()).toBe(422)
})
