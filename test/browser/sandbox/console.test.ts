import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { account, findings, picture, type Stage, setStage } from './browser.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.close())

test('the console shows a payment and its deliveries, refunds it and sends a delivery again', async () => {
  const received: string[] = []
  const hook = createServer((request, answer) => {
    let body = ''
    request.on('data', chunk => (body += chunk))
    request.on('end', () => {
      received.push(JSON.parse(body).type)
      answer.end('thanks')
    })
  })
  await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve))
  await stage.stripe.webhookEndpoints.create({
    url: `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`,
    enabled_events: ['*'],
  })
  const { id } = await stage.stripe.paymentIntents.create({
    amount: 4200,
    currency: 'eur',
    description: 'Order 42',
    confirm: true,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
  })
  const page = await stage.open(`${stage.sandbox}/console`)
  expect(await findings(page)).toEqual([])
  await picture(page, 'console-1280')
  await page.click(`text=acct_1${account}`)
  expect(await findings(page)).toEqual([])
  await picture(page, 'console-account-1280')
  await page.click('text=Send test webhook')
  await page.locator('text=Answered 200').waitFor()
  await page.click(`text=${id}`)
  await page.fill('[name=amount]', '1000')
  await page.click('button:text-is("Refund")')
  await page.locator('dd:text-is("€10.00")').waitFor()
  expect(await findings(page)).toEqual([])
  await picture(page, 'console-payment-1280')
  await page.click('a:text-is("charge.refunded")')
  expect(await findings(page)).toEqual([])
  await picture(page, 'console-delivery-1280')
  await page.click('text=Resend')
  await page.locator('tbody tr:nth-child(2)').waitFor()
  await page.click('text=Send twice more')
  await page.locator('tbody tr:nth-child(4)').waitFor()
  expect(received.filter(type => type === 'charge.refunded')).toHaveLength(4)
  for (const [path, name] of [
    ['/console', 'home'],
    [`/console/accounts/acct_1${account}/test`, 'account'],
    [`/console/payments/${id}`, 'payment'],
  ] as const) {
    const phone = await stage.open(stage.sandbox + path, {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    })
    expect(await findings(phone)).toEqual([])
    await picture(phone, `console-${name}-dark-360`)
    await phone.close()
  }
  await page.close()
  hook.close()
})

test('no other page of the browser can press the console’s buttons', async () => {
  const answer = await fetch(`${stage.sandbox}/console/deliveries/dlv_1`, {
    method: 'POST',
    headers: { origin: 'http://localhost:9999', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'act=drop',
  })
  expect(answer.status).toBe(403)
})
