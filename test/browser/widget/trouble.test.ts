import { expect, test } from 'vitest'
import { DEMO_STORE, OPEN_STORE } from '../../../src/demo/demo.ts'
import { picture } from '../browser.ts'
import { asPartner } from '../shopper.ts'
import { button, findings, focused, rows, said, total, visiting } from './visit.ts'

const visit = visiting()

test('a page that the store does not list', async () => {
  const errors: string[] = []
  await visit.again('', {}, visit.stranger.origin)
  visit.page.on('console', message => errors.push(message.text()))
  await visit.page.click('#mug')
  await said(visit, 'This page is not set up to sell for this shop. Please tell the shop.')
  expect(errors.join()).toContain(`${visit.stranger.origin} is not on the list of origins of this store`)
  await picture(visit.page, 'widget-not-listed', { window: true })
})

test('a store that is not connected', async () => {
  await visit.again(`?store=${OPEN_STORE}`)
  await visit.page.click('#mug')
  await button(visit, 'Check out').click()
  await said(visit, 'This shop cannot take payments yet. Your cart is kept; please contact the shop.')
  expect(await focused(visit)).toContain('This shop cannot take payments yet')
  expect(await findings(visit)).toEqual([])
  await picture(visit.page, 'widget-unconnected', { window: true })
})

test('a store that does not exist', async () => {
  await visit.again('?store=0199d3a0-0000-7000-8000-0000000000ff')
  await visit.page.click('#mug')
  await said(visit, 'This page is not set up to sell for this shop. Please tell the shop.')
})

test('a product that is not sold, or not any more', async () => {
  await visit.page.click('#yacht')
  await said(visit, /A product is not sold any more/)
  await said(visit, 'Your cart is empty.')
  await visit.page.keyboard.press('Escape')

  const product = { name: 'Seasonal tea', price: 700, currency: 'eur' }
  await asPartner(visit.service, 'PUT', `/stores/${DEMO_STORE}/products/tea`, product)
  await visit.page.evaluate("Owntill.add('tea', 2)")
  await total(visit, '€14.00')
  await asPartner(visit.service, 'PUT', `/stores/${DEMO_STORE}/products/tea`, { ...product, active: false })
  await visit.page.keyboard.press('Escape')
  await visit.page.click('#mug')
  await said(visit, /A product is not sold any more/)
  await total(visit, '€18.00')
  expect(await rows(visit).count()).toBe(1)
})

test('a total that cannot be charged', async () => {
  await visit.page.evaluate("Owntill.add('grinder', 9999)")
  await total(visit, '€1,189,881.00')
  await button(visit, 'Check out').click()
  await said(visit, /This total is too small or too large/)
})

test('a lost connection, which keeps the cart and can be tried again', async () => {
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  await visit.context.setOffline(true)
  await button(visit, 'One more: Stoneware mug, speckled').click()
  await said(visit, 'The connection was lost. Your cart is kept; please check the connection and try again.')
  await total(visit, '€18.00')
  expect(await visit.page.getByLabel('Quantity: Stoneware mug, speckled').inputValue()).toBe('1')
  await visit.context.setOffline(false)
  await button(visit, 'Try again').click()
  await total(visit, '€36.00')
  expect(await visit.page.getByText('The connection was lost').count()).toBe(0)
})
