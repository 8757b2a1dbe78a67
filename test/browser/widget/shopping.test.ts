import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { picture } from '../browser.ts'
import { payWith, receipt } from '../shopper.ts'
import { button, focused, rows, said, total, visiting } from './visit.ts'

const visit = visiting()

test('a shopper fills the cart, changes it and removes from it, at the prices of the server', async () => {
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  await visit.page.keyboard.press('Escape')
  await visit.page.click('#beans')
  await total(visit, '€56.70')
  await picture(visit.page, 'widget', { window: true })
  await button(visit, 'One more: Stoneware mug, speckled').click()
  await total(visit, '€74.70')
  await visit.page.getByLabel('Quantity: Coffee beans, 500 g').fill('1')
  await visit.page.keyboard.press('Enter')
  await total(visit, '€48.90')
  await button(visit, 'Remove: Coffee beans, 500 g').click()
  await total(visit, '€36.00')
  expect(await rows(visit).count()).toBe(1)
  await button(visit, 'Remove: Stoneware mug, speckled').click()
  await said(visit, 'Your cart is empty.')
  expect(await visit.page.locator('#mug').innerHTML()).toBe('Buy the <b>mug</b>')
})

test('a quick row of clicks is one cart, as many as were clicked', async () => {
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  const more = button(visit, 'One more: Stoneware mug, speckled')
  for (let click = 0; click < 6; click += 1) await more.click()
  await total(visit, '€126.00')
})

test('a click is not lost when the answer to an earlier one comes in between', async () => {
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  const held: Route[] = []
  let free = false
  await visit.page.route('**/api/carts/*', route => (free ? route.continue() : void held.push(route)))
  const requests = (count: number) => expect.poll(() => held.length, { timeout: 10_000 }).toBe(count)
  const more = button(visit, 'One more: Stoneware mug, speckled')
  await more.click()
  await requests(1)
  await more.click()
  await held[0]!.continue()
  // The first answer, of two mugs, is here; the third mug is on its way.
  await requests(2)
  await more.click()
  free = true
  await held[1]!.continue()
  await total(visit, '€72.00')
})

test('the cart is there after a reload and in other tabs, and follows what they change', async () => {
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  await visit.page.reload()
  await button(visit, 'Open the cart (1)').click()
  await total(visit, '€18.00')

  const first = visit.page
  visit.page = await visit.context.newPage()
  await visit.page.goto(visit.site.origin)
  await visit.page.locator('owntill-cart .launcher').waitFor()
  await visit.page.click('#mug')
  await total(visit, '€36.00')
  visit.page = first
  await total(visit, '€36.00')
})

test('the way to the till, and back with an empty cart once it is paid', async () => {
  await visit.page.click('#beans')
  await button(visit, 'Check out').click()
  await visit.page.waitForURL(`${visit.service.url}/checkout/**`)
  await payWith(visit.page, '4242424242424242')
  await receipt(visit.page)
  await visit.page.getByRole('link', { name: 'Back to the shop' }).click()
  await visit.page.waitForURL(`${visit.site.origin}/`)
  await visit.page.evaluate('Owntill.open()')
  await said(visit, 'Your cart is empty.')
})

test('a checkout that was left keeps the cart, also by the back button', async () => {
  await visit.page.click('#mug')
  await button(visit, 'Check out').click()
  await visit.page.waitForURL(`${visit.service.url}/checkout/**`)
  await visit.page.goBack()
  await visit.page.waitForFunction('window.Owntill')
  await visit.page.evaluate('Owntill.open()')
  await total(visit, '€18.00')
  // The button can be pressed as soon as the page that came back has asked for its cart.
  await expect.poll(() => button(visit, 'Check out').getAttribute('aria-disabled')).not.toBe('true')
})

test('the shop says where to go after paying', async () => {
  await visit.again(`?more=${encodeURIComponent('data-success-url="/thanks" data-cancel-url="/basket"')}`)
  const sent = visit.page.waitForRequest('**/api/checkout/sessions')
  await visit.page.click('#mug')
  await button(visit, 'Check out').click()
  expect((await sent).postDataJSON()).toMatchObject({
    success_url: `${visit.site.origin}/thanks`,
    cancel_url: `${visit.site.origin}/basket`,
    locale: 'en',
  })
})

test('all of it by keyboard: the focus goes in, stays in, and comes back', async () => {
  await visit.page.focus('#mug')
  await visit.page.keyboard.press('Enter')
  await total(visit, '€18.00')
  expect(await focused(visit)).toBe('Cart')
  await visit.page.keyboard.press('Shift+Tab')
  expect(await focused(visit)).toBe('Check out')
  await visit.page.keyboard.press('Tab')
  expect(await focused(visit)).toBe('Close the cart')
  const stops = []
  for (let stop = 0; stop < 6; stop += 1) {
    await visit.page.keyboard.press('Tab')
    stops.push(await focused(visit))
  }
  const mug = 'Stoneware mug, speckled'
  expect(stops).toEqual([
    `One less: ${mug}`,
    `Quantity: ${mug}`,
    `One more: ${mug}`,
    `Remove: ${mug}`,
    'Check out',
    'Close the cart',
  ])
  await visit.page.keyboard.press('Escape')
  expect(await visit.page.getByRole('dialog').count()).toBe(0)
  expect(await focused(visit)).toBe('Buy the mug')

  await visit.page.focus('#beans')
  await visit.page.keyboard.press('Space')
  await total(visit, '€56.70')
  await button(visit, `Remove: ${mug}`).focus()
  await visit.page.keyboard.press('Enter')
  await total(visit, '€38.70')
  expect(await focused(visit)).toBe('Remove: Coffee beans, 500 g')
  expect(await visit.page.getByRole('status').textContent()).toBe(`${mug} was removed. Total: €38.70.`)
})
