import { expect, test } from 'vitest'
import { DEMO_STORE } from '../../../src/demo/demo.ts'
import { picture } from '../browser.ts'
import { asPartner } from '../shopper.ts'
import { button, rows, total, visiting } from './visit.ts'

const visit = visiting()

test('the size chosen on the page is the one in the cart; two sizes are two lines', async () => {
  await asPartner(visit.service, 'PUT', `/stores/${DEMO_STORE}/products/shirt`, {
    name: 'Shirt',
    price: '20.00',
    currency: 'eur',
    variants: [
      { id: 's', name: 'Small' },
      { id: 'l', name: 'Large', price: '24.00' },
    ],
  })
  await visit.page.selectOption('#size', 'l')
  await visit.page.click('#shirt')
  await total(visit, '€24.00')
  await visit.page.keyboard.press('Escape')
  await visit.page.click('#shirt-small')
  await total(visit, '€44.00')
  expect(await rows(visit).count()).toBe(2)
  await picture(visit.page, 'widget-variants', { window: true })
  await visit.page.keyboard.press('Escape')
  await visit.page.click('#shirt')
  await total(visit, '€68.00')
  expect(await rows(visit).count()).toBe(2)
  await button(visit, /^Remove: Shirt.*Large/).click()
  await total(visit, '€20.00')
  expect(await rows(visit).count()).toBe(1)
})
