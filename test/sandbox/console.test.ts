import { expect, test } from 'vitest'
import { control, merchant, newAccount, sandboxUrl } from './client.ts'
import { arrived, type Delivery, receiver } from './receiving.ts'

/** An account whose one delivery has not left: its endpoint, and a way to press the console's buttons. */
async function heldDelivery() {
  const account = newAccount()
  const stripe = merchant(account)
  const hook = await receiver()
  await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['product.created'] })
  await control('webhooks', { account: `acct_1${account}`, paused: true })
  await stripe.products.create({ name: '<img src=x onerror=alert(1)>' })
  const deliveries = async () =>
    (await control<{ data: Delivery[] }>(`deliveries?account=acct_1${account}`)).data
  const [delivery] = await deliveries()
  const press = (act: string) =>
    fetch(`${sandboxUrl()}/console/deliveries/${delivery!.id}`, {
      method: 'POST',
      body: new URLSearchParams({ act }),
    })
  const release = () => control('webhooks', { account: `acct_1${account}`, paused: false })
  return { account, hook, id: delivery!.id, deliveries, press, release }
}

test('a dropped delivery is never sent', async () => {
  const { hook, press, deliveries, release } = await heldDelivery()
  expect(await (await press('drop')).text()).toContain('dropped')
  await release()
  expect((await deliveries()).map(({ status }) => status)).toEqual(['dropped'])
  expect(hook.received).toEqual([])
  await hook.close()
})

test('a delayed delivery is announced for later, and one sent twice arrives twice', async () => {
  const { hook, press, deliveries } = await heldDelivery()
  await press('delay')
  const [delayed] = (await deliveries()) as (Delivery & { next_attempt_at: number })[]
  expect(delayed!.next_attempt_at - Date.now() / 1000).toBeGreaterThan(25)
  await press('duplicate')
  await arrived(hook.received, 2)
  expect(hook.received[0]!.event.id).toBe(hook.received[1]!.event.id)
  expect((await press('explode')).status).toBe(404)
  await hook.close()
})

test('what came from outside is text on the console’s pages', async () => {
  const { account, hook, id } = await heldDelivery()
  const page = await (await fetch(`${sandboxUrl()}/console/deliveries/${id}`)).text()
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
  expect(page).not.toContain('<img')
  const overview = await fetch(`${sandboxUrl()}/console/accounts/acct_1${account}/test`)
  expect(overview.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect((await fetch(`${sandboxUrl()}/console/accounts/acct_1nobody/test`)).status).toBe(404)
  await hook.close()
})

test('a payment’s page and its receipt are reached by their ids', async () => {
  const stripe = merchant()
  const intent = await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'jpy',
    confirm: true,
    payment_method: 'pm_card_visa',
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    expand: ['latest_charge'],
  })
  expect(await (await fetch(`${sandboxUrl()}/console/payments/${intent.id}`)).text()).toContain('¥1,000')
  const { receipt_url } = intent.latest_charge as { receipt_url: string }
  expect(await (await fetch(receipt_url)).text()).toContain('Receipt from')
  expect((await fetch(`${sandboxUrl()}/console/payments/pi_3nothing`)).status).toBe(404)
  expect((await fetch(`${sandboxUrl()}/console/3ds/${intent.id}?client_secret=wrong`)).status).toBe(404)
})
