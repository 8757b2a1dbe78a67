import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Stripe from 'stripe'
import { afterAll, expect, test } from 'vitest'
import { startSandbox } from '../sandbox.ts'
import { merchant, newAccount, sandboxUrl } from './client.ts'

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a restarted sandbox still has its payments, secrets and endpoints', async () => {
  const state = join(folder, 'state.json')
  const connect = (url: string) => {
    const { hostname, port } = new URL(url)
    return new Stripe('sk_test_51KEPT0000000000Secret1', { host: hostname, port, protocol: 'http' })
  }
  const first = await startSandbox({ state })
  const stripe = connect(first.url)
  const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['*'] })
  const intent = await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_usBankAccount_success',
    return_url: 'https://shop.example',
  })
  expect(intent.status).toBe('processing')
  await first.stop()

  const second = await startSandbox({ state })
  const again = connect(second.url)
  expect((await again.webhookEndpoints.list()).data).toMatchObject([{ id: endpoint.id, status: 'enabled' }])
  expect(await again.paymentIntents.retrieve(intent.id)).toMatchObject({
    client_secret: intent.client_secret,
  })
  expect((await again.events.list()).data.map(({ type }) => type)).toContain('payment_intent.processing')
  await expect
    .poll(async () => (await again.paymentIntents.retrieve(intent.id)).status, {
      timeout: 8000,
      interval: 200,
    })
    .toBe('succeeded')
  await second.stop()
})

// The official CLI, from its npm package for this platform.
const stripeCli = (() => {
  const name = `@stripe/cli-${process.platform}-${process.arch}/package.json`
  try {
    return join(createRequire(import.meta.url).resolve(name), '../bin/stripe')
  } catch {
    return ''
  }
})()

test.skipIf(!existsSync(stripeCli)).each([
  ['payment_intent.succeeded', 'payment_intent.succeeded'],
  ['payment_intent.payment_failed', 'charge.failed'],
  ['charge.refunded', 'charge.refunded'],
  ['charge.dispute.created', 'charge.dispute.created'],
  ['customer.created', 'customer.created'],
  ['payment_method.attached', 'payment_method.attached'],
  ['checkout.session.completed', 'checkout.session.completed'],
])('stripe trigger %s works against the sandbox', { timeout: 60_000 }, async (trigger, happened) => {
  const account = newAccount()
  const args = ['trigger', trigger, '--api-base', sandboxUrl(), '--api-key', `sk_test_51${account}Secret1`]
  // Its look for a newer version of itself goes nowhere: only this machine is reached.
  const env = {
    ...process.env,
    HOME: folder,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
    STRIPE_CLI_TELEMETRY_OPTOUT: '1',
  }
  const { stdout } = await promisify(execFile)(stripeCli, args, { env })
  expect(stdout).toContain('Trigger succeeded!')
  const events = await merchant(account).events.list({ limit: 100 })
  expect(events.data.map(({ type }) => type)).toContain(happened)
})
