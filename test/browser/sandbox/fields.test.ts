import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findings, frameOf, picture, read, result, type Stage, setStage } from './browser.ts'

// What the test calls wrongly on purpose, so loosely typed.
interface BadlyUsed {
  Stripe(key: string): unknown
  stripe: { elements(options: object): unknown; confirmPayment(options: object): unknown }
  elements: { create(type: string): unknown }
}

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.close())

test('empty and wrong fields are named at the field and returned as validation errors', async () => {
  const page = await stage.open(stage.merchant.url())
  const frame = await frameOf(page)
  await page.click('#pay')
  expect(await result(page)).toBe('Your card number is incomplete.')
  expect(await frame.textContent('#field-cvc-error')).toBe("Your card's security code is incomplete.")
  expect(await read(frame, 'document.activeElement.name')).toBe('number')
  await frame.fill('[name=number]', '4242424242424241')
  expect(await frame.textContent('#field-number-error')).toBe('Your card number is invalid.')
  await frame.fill('[name=expiry]', '01 / 20')
  await frame.fill('[name=cvc]', '12')
  await page.click('#pay')
  expect(await result(page)).toBe('Your card number is invalid.')
  expect(await frame.textContent('#field-expiry-error')).toContain('in the past')
  const error = await read<object>(page, 'result.error')
  expect(error).toEqual({
    type: 'validation_error',
    code: 'invalid_number',
    message: 'Your card number is invalid.',
  })
  expect(await findings(frame)).toEqual([])
  await picture(page, 'payment-element-errors')
  await page.close()
})

test('everything can be paid with the keyboard alone', async () => {
  const page = await stage.open(stage.merchant.url())
  const frame = await frameOf(page)
  // The browser hands the keyboard over to the frame's own process: faster than any person, but not at once.
  const tabTo = async (place: Page | Frame, selector: string) => {
    await page.keyboard.press('Tab')
    await place.locator(`${selector}:focus`).waitFor()
  }
  await tabTo(frame, '[value=card]')
  await tabTo(frame, '[name=number]')
  await page.keyboard.type('4242424242424242')
  await tabTo(frame, '[name=expiry]')
  await page.keyboard.type('1234')
  await tabTo(frame, '[name=cvc]')
  await page.keyboard.type('123')
  await tabTo(frame, '[name=country]')
  await tabTo(frame, '[name=postalCode]')
  await page.keyboard.type('94103')
  await tabTo(page, '#pay')
  await page.keyboard.press('Enter')
  expect(await result(page)).toBe('succeeded')
  await page.close()
})

test('a wrongly programmed page gets an IntegrationError', async () => {
  const page = await stage.open(stage.merchant.url())
  const names = await page.evaluate(async () => {
    const { Stripe, stripe, elements } = globalThis as unknown as BadlyUsed
    const name = async (act: () => unknown) => {
      try {
        await act()
        return 'nothing'
      } catch (error) {
        return (error as Error).name
      }
    }
    const secret = 'pi_1_secret_2'
    return [
      await name(() => Stripe('sk_test_51BROWSER0000000x')),
      await name(() => stripe.elements({ mode: 'payment', amount: 1.5, currency: 'eur' })),
      await name(() => elements.create('payment')),
      await name(() => stripe.confirmPayment({ elements, clientSecret: secret, confirmParams: {} })),
      await name(() => stripe.confirmPayment({ elements, clientSecret: secret, redirect: 'if_required' })),
    ]
  })
  expect(names).toEqual(Array(5).fill('IntegrationError'))
  await page.close()
})

test.each([
  [360, 'stripe', undefined],
  [1280, 'stripe', undefined],
  [360, 'night', undefined],
  [1280, 'night', 'accordion'],
] as const)('the Elements at %i px in %s are axe-clean', async (width, theme, layout) => {
  const shop = {
    theme,
    elements: 'expressCheckout linkAuthentication address payment',
    locale: 'de',
    ...(layout ? { layout } : {}),
  }
  const page = await stage.open(stage.merchant.url(shop), { viewport: { width, height: 900 } })
  for (const holder of ['#expressCheckout', '#linkAuthentication', '#address', '#payment']) {
    expect(await findings(await frameOf(page, holder)), holder).toEqual([])
  }
  const frame = await frameOf(page)
  expect(await frame.textContent('label[for=field-number]')).toBe('Kartennummer')
  await page.waitForTimeout(300)
  await picture(page, `elements-${theme}-${width}`)
  await page.close()
})
