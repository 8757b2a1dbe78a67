import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { merchant, refusal, sandboxUrl } from './client.ts'
import { arrived, receiver } from './receiving.ts'

const newVendor = (stripe: Stripe) =>
  stripe.accounts.create({
    type: 'express',
    country: 'DE',
    email: 'vendor@example.com',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    business_profile: { name: 'Boat tours' },
    metadata: { vendor: '7' },
  })

const linkFor = (stripe: Stripe, account: string) =>
  stripe.accountLinks.create({
    account,
    type: 'account_onboarding',
    refresh_url: 'http://localhost/again',
    return_url: 'http://localhost/welcome',
  })

/** Does what a vendor does on the hosted page. */
async function onboard(url: string, outcome: string) {
  const page = await (await fetch(url)).text()
  const session = /name="session" value="(\w+)"/.exec(page)![1]!
  const body = new URLSearchParams({
    session,
    outcome,
    email: 'owner@example.com',
    business_type: 'individual',
  })
  return fetch(url, { method: 'POST', body, redirect: 'manual' })
}

test('an Express account begins with nothing told and nothing enabled', async () => {
  const stripe = merchant()
  const account = await newVendor(stripe)
  expect(account).toMatchObject({
    object: 'account',
    type: 'express',
    country: 'DE',
    default_currency: 'eur',
    email: 'vendor@example.com',
    charges_enabled: false,
    payouts_enabled: false,
    details_submitted: false,
    capabilities: { card_payments: 'inactive', transfers: 'inactive' },
    metadata: { vendor: '7' },
  })
  expect(account.requirements!.currently_due).toContain('external_account')
  expect((await stripe.accounts.list()).data.map(({ id }) => id)).toEqual([account.id])
})

test('onboarding enables the account and tells the platform’s Connect endpoint, with the account’s id', async () => {
  const stripe = merchant()
  const hook = await receiver()
  await stripe.webhookEndpoints.create({ url: hook.url, enabled_events: ['account.updated'], connect: true })
  const { id } = await newVendor(stripe)
  const { url } = await linkFor(stripe, id)
  const answer = await onboard(url, 'enabled')
  expect(answer.headers.get('location')).toBe('http://localhost/welcome')
  expect(await stripe.accounts.retrieve(id)).toMatchObject({
    charges_enabled: true,
    payouts_enabled: true,
    details_submitted: true,
    capabilities: { card_payments: 'active', transfers: 'active' },
    requirements: { currently_due: [], disabled_reason: null },
  })
  await arrived(hook.received, 1)
  expect(hook.received[0]!.event).toMatchObject({
    type: 'account.updated',
    account: id,
    data: { object: { id, charges_enabled: true }, previous_attributes: { charges_enabled: false } },
  })
  await hook.close()
})

test('an account left unfinished changes nothing; one in review waits for Stripe', async () => {
  const stripe = merchant()
  const { id } = await newVendor(stripe)
  await onboard((await linkFor(stripe, id)).url, 'unfinished')
  expect(await stripe.accounts.retrieve(id)).toMatchObject({ details_submitted: false })
  await onboard((await linkFor(stripe, id)).url, 'in_review')
  expect(await stripe.accounts.retrieve(id)).toMatchObject({
    details_submitted: true,
    charges_enabled: false,
    requirements: { disabled_reason: 'requirements.pending_verification' },
  })
})

test('an account link works once, and leads to the platform for a fresh one', async () => {
  const stripe = merchant()
  const { id } = await newVendor(stripe)
  const { url, expires_at, created } = await linkFor(stripe, id)
  expect(expires_at - created).toBe(300)
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(200)
  const again = await fetch(url, { redirect: 'manual' })
  expect(again.headers.get('location')).toBe('http://localhost/again')
  const forged = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ session: 'guessed', outcome: 'enabled' }),
    redirect: 'manual',
  })
  expect(forged.status).toBe(404)
})

test('a login link opens the Express dashboard once, and only after onboarding', async () => {
  const stripe = merchant()
  const { id } = await newVendor(stripe)
  expect((await refusal(stripe.accounts.createLoginLink(id))).message).toContain(
    'has not completed onboarding',
  )
  await onboard((await linkFor(stripe, id)).url, 'enabled')
  const { url } = await stripe.accounts.createLoginLink(id)
  expect(await (await fetch(url)).text()).toContain('Boat tours')
  expect((await fetch(url)).status).toBe(404)
})

test('an account is reached by its own platform only', async () => {
  const { id } = await newVendor(merchant())
  const other = merchant()
  const refused = await refusal(other.accounts.retrieve(id))
  expect(refused).toMatchObject({ statusCode: 403, code: 'account_invalid' })
  expect(await refusal(linkFor(other, id))).toMatchObject({ statusCode: 403 })
  expect(await refusal(other.balance.retrieve({}, { stripeAccount: id }))).toMatchObject({ statusCode: 403 })
})

test('an update merges metadata; a deleted account is gone', async () => {
  const stripe = merchant()
  const { id } = await newVendor(stripe)
  const changed = await stripe.accounts.update(id, {
    metadata: { city: 'Kiel' },
    business_profile: { name: 'Sails' },
  })
  expect(changed).toMatchObject({
    metadata: { vendor: '7', city: 'Kiel' },
    business_profile: { name: 'Sails' },
  })
  expect(await stripe.accounts.del(id)).toEqual({ id, object: 'account', deleted: true })
  expect((await stripe.accounts.list()).data).toEqual([])
})

test.each<[object, string | undefined, string]>([
  [{ type: 'standard' }, 'type', 'Express accounts only'],
  [{ type: 'express', controller: { requirement_collection: 'stripe' } }, 'type', 'both'],
  [
    { type: 'express', capabilities: { paypal_payments: { requested: true } } },
    'capabilities[paypal_payments]',
    'unknown',
  ],
  [{ type: 'express', shoe_size: 42 }, 'shoe_size', 'unknown parameter'],
])('refuses %j', async (params, param, words) => {
  const refused = await refusal(merchant().accounts.create(params as Stripe.AccountCreateParams))
  expect(refused).toMatchObject({ statusCode: 400, param })
  expect(refused.message).toContain(words)
})

test('the hosted pages of Connect forbid inline scripts', async () => {
  const stripe = merchant()
  const { id } = await newVendor(stripe)
  const page = await fetch((await linkFor(stripe, id)).url)
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
  expect(await page.text()).not.toMatch(/<script(?! src)|\son\w+=|style=/)
  expect((await fetch(`${sandboxUrl()}/console/onboarding/alink_1nothing`)).status).toBe(404)
})
