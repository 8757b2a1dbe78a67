import { expect, test } from 'vitest'
import { button, total, visiting } from './visit.ts'

const visit = visiting()

test.each(['?load=async', '?load=defer', '?load=', '?times=2'])('%s: loaded however, once', async query => {
  await visit.again(query)
  await visit.page.click('#mug')
  await total(visit, '€18.00')
  expect(await visit.page.locator('owntill-cart').count()).toBe(1)
  const own = await visit.page.evaluate(`(() => {
    const plain = document.body.appendChild(document.createElement('iframe')).contentWindow
    const known = new Set(Object.getOwnPropertyNames(plain))
    return Object.getOwnPropertyNames(window).filter(name => !known.has(name) && !/^\\d+$/.test(name))
  })()`)
  expect(own).toEqual(['Owntill'])
})

test('buttons that come later work, and scripts can add and listen', async () => {
  await visit.page.evaluate(`(() => {
    const late = document.createElement('button')
    late.dataset.product = 'filter'
    late.textContent = 'Late'
    document.querySelector('main').append(late)
  })()`)
  await button(visit, 'Late').click()
  await total(visit, '€4.50')
  const told = await visit.page.evaluate(`(async () => {
    const seen = []
    const stop = Owntill.on('change', cart => seen.push([cart.count, cart.amount_shown]))
    const answer = await Owntill.add('filter')
    stop()
    await Owntill.add('filter')
    return [seen, answer.count]
  })()`)
  expect(told).toEqual([
    [
      [1, '€4.50'],
      [2, '€9.00'],
    ],
    2,
  ])
})

test('a double click opens the drawer and does not close it', async () => {
  await visit.page.dblclick('#beans')
  await total(visit, '€38.70')
  await visit.page.waitForTimeout(600)
  await visit.page.mouse.click(40, 400)
  await visit.page.getByRole('dialog').waitFor({ state: 'hidden' })
})
