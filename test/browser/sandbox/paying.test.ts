import { afterAll, beforeAll, expect, test } from 'vitest'
import { findings, frameOf, picture, read, result, type Stage, setStage, typeCard } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.close())

test('a card is paid on the merchant’s page without a request that its policy forbids', async () => {
  const page = await stage.open(stage.merchant.url())
  const complaints: string[] = []
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  expect(await result(page)).toBe('succeeded')
  expect(complaints).toEqual([])
  const events = await read<string[]>(page, 'seen.map(([, event]) => event)')
  expect(events[0]).toBe('ready')
  expect(events).toContain('change')
  expect(events).toContain('focus')
  await page.close()
})

test('the card number never reaches the merchant’s page', async () => {
  const page = await stage.open(stage.merchant.url())
  await page.evaluate(
    'window.overheard = []; onmessage = event => overheard.push(JSON.stringify(event.data))',
  )
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  await result(page)
  const overheard = await read<string[]>(page, 'overheard')
  expect(overheard.length).toBeGreaterThan(3)
  expect(overheard.join()).not.toMatch(/4242 ?4242/)
  await page.close()
})

test.each([
  ['4000000000000002', 'card_declined', 'generic_decline', 'Your card was declined.'],
  ['4000000000009995', 'card_declined', 'insufficient_funds', 'Your card has insufficient funds.'],
])('%s is declined by a card error that names %s and %s', async (number, code, decline_code, message) => {
  const page = await stage.open(stage.merchant.url())
  await typeCard(page, number)
  await page.click('#pay')
  expect(await result(page)).toBe(message)
  const error = await read<object>(page, 'result.error')
  expect(error).toMatchObject({
    type: 'card_error',
    code,
    decline_code,
    payment_intent: { status: 'requires_payment_method' },
  })
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  expect(await result(page)).toBe('succeeded')
  await page.close()
})

test('redirect: always ends at the return_url with the intent, its secret and a status', async () => {
  const page = await stage.open(stage.merchant.url({ redirect: 'always' }))
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  await page.waitForURL(/\/return\?/)
  const { searchParams } = new URL(page.url())
  expect(searchParams.get('redirect_status')).toBe('succeeded')
  expect(searchParams.get('payment_intent_client_secret')).toContain(
    `${searchParams.get('payment_intent')}_secret_`,
  )
  await page.close()
})

test('a 3-D Secure challenge is completed in a dialog', async () => {
  const page = await stage.open(stage.merchant.url())
  await typeCard(page, '4000002500003155')
  await page.click('#pay')
  const dialog = await frameOf(page, 'dialog')
  await dialog.waitForSelector('#complete')
  expect(await findings(dialog)).toEqual([])
  await picture(page, '3ds-dialog-1280')
  await page.setViewportSize({ width: 360, height: 740 })
  await picture(page, '3ds-dialog-360')
  await dialog.click('#complete')
  expect(await result(page)).toBe('succeeded')
  await page.close()
})

test('a failed 3-D Secure challenge is an error to show, and another card may pay', async () => {
  const page = await stage.open(stage.merchant.url())
  await typeCard(page, '4000002500003155')
  await page.click('#pay')
  await (await frameOf(page, 'dialog')).click('#fail')
  expect(await result(page)).toContain('failed authentication')
  const error = await read<object>(page, 'result.error')
  expect(error).toMatchObject({ code: 'payment_intent_authentication_failure' })
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  expect(await result(page)).toBe('succeeded')
  await page.close()
})

test.each([
  ['#complete', 'succeeded'],
  ['#fail', 'failed'],
])('a bank redirect answered by %s comes back as %s', async (answer, status) => {
  const page = await stage.open(stage.merchant.url())
  const frame = await frameOf(page)
  await frame.check('[value=ideal]', { force: true })
  await frame.fill('[name=name]:visible', 'Ada Shopper')
  await page.click('#pay')
  await page.waitForURL(/\/console\/3ds\//)
  expect(await findings(page)).toEqual([])
  await picture(page, 'bank-1280')
  await page.click(answer)
  await page.waitForURL(/\/return\?/)
  expect(new URL(page.url()).searchParams.get('redirect_status')).toBe(status)
  await page.close()
})

test('a SEPA debit is processing first', async () => {
  const page = await stage.open(stage.merchant.url())
  const frame = await frameOf(page)
  await frame.check('[value=sepa_debit]', { force: true })
  await frame.fill('[name=iban]', 'DE89370400440532013000')
  await frame.fill('[name=name]:visible', 'Ada Shopper')
  await frame.fill('[name=email]:visible', 'ada@example.com')
  await page.click('#pay')
  expect(await result(page)).toBe('processing')
  await page.close()
})

test('an intent over another amount than the shopper saw is refused', async () => {
  const page = await stage.open(stage.merchant.url({ charged: 2000 }))
  await typeCard(page, '4242424242424242')
  await page.click('#pay')
  expect(await result(page)).toBe('The provided amount (1999) does not match the expected amount (2000).')
  await page.close()
})

test('a wallet pays from its sheet, and may be cancelled', async () => {
  const page = await stage.open(stage.merchant.url({ elements: 'expressCheckout payment' }))
  const frame = await frameOf(page, '#expressCheckout')
  await frame.click('.Wallet-google_pay')
  await (await frameOf(page, 'dialog')).click('#cancel')
  await expect.poll(() => read(page, "seen.some(([, event]) => event === 'cancel')")).toBe(true)
  await frame.click('.Wallet-google_pay')
  const sheet = await frameOf(page, 'dialog')
  expect(await findings(sheet)).toEqual([])
  await picture(page, 'wallet-1280')
  await sheet.click('#pay')
  expect(await result(page)).toBe('succeeded')
  await page.close()
})
