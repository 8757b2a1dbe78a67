import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { DEMO_STORE } from '../../src/demo/demo.ts'
import type { DemoService } from '../harness/service.ts'
import { typeCard } from './browser.ts'

const DEMO_ACCOUNT = 'acct_1FERNKETTLE0001'

export type OpenedCheckout = { id: string; url: string }

/** What a shop's page does when the shopper goes to the till: a cart, then a checkout for it. */
export async function checkOut(page: Page, store_id = DEMO_STORE): Promise<{ status: number; body: never }> {
  const cart = { store_id, lines: [{ product_id: 'mug', quantity: 2 }] }
  return page.evaluate(async cart => {
    const post = (path: string, body: unknown) =>
      fetch(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const { id } = (await (await post('/api/carts', cart)).json()) as { id: string }
    const answer = await post('/api/checkout/sessions', { cart_id: id })
    return { status: answer.status, body: (await answer.json()) as never }
  }, cart)
}

/** Fills in the pay page and presses the button. */
export async function payWith(page: Page, number: string): Promise<void> {
  await page.waitForSelector('#element[aria-busy=false]')
  await page.fill('#email', 'ann@example.com')
  await typeCard(page, number)
  // Not by the mouse: a scripted click, unlike a hand's, can come before Chromium knows where Stripe's frame has moved to,
  // and then lands in it.
  await page.press('#pay-button', 'Enter')
}

export const PAID = 'Thank you, your payment went through'
export const FREE = 'Thank you, your order is complete'

/** The confirmation code of the receipt, which must come up now. */
export async function receipt(page: Page, heading = PAID): Promise<string> {
  await page.getByRole('heading', { name: heading }).waitFor()
  return (await page.locator('.facts-code code').textContent())!
}

/** What the partner's own server does: a call of the internal API. */
export async function asPartner(service: DemoService, method: string, path: string, body?: unknown) {
  const secret = readFileSync(join(service.dataDir, 'internal-secret'), 'utf8').trim()
  const answer = await fetch(`${service.url}/api/internal${path}`, {
    method,
    headers: { 'x-internal-secret': secret, ...(body ? { 'content-type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : null,
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** How the partner sees the order with this confirmation code. */
export async function orderBy(service: DemoService, confirmationCode: string, storeId = DEMO_STORE) {
  const { data } = (await asPartner(service, 'GET', `/stores/${storeId}/orders?limit=100`)) as {
    data: { confirmation_code: string; status: string }[]
  }
  return data.find(order => order.confirmation_code === confirmationCode)
}

/** How many PaymentIntents the demo store's account at the sandbox has. */
export async function paymentsAtStripe(service: DemoService): Promise<number> {
  const answer = await fetch(`${service.sandboxUrl}/console/api/payments?account=${DEMO_ACCOUNT}`)
  const { data } = (await answer.json()) as { data: unknown[] }
  return data.length
}
