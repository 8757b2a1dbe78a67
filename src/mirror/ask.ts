import type Stripe from 'stripe'
import { makeKeepable } from '../lib/keepable.ts'
import { codeOf, failureOf } from '../stripe/errors.ts'
import { cutShort, type Kind } from './kinds.ts'
import type { StripeObject } from './normalise.ts'

/** What Stripe said, and between which moments of its clock it was so. */
export type Answer<Body> = { body: Body; from: Date; until: Date }

export type Page = { data: StripeObject[]; has_more: boolean }

const TIMEOUT = 20_000

/** Reads from Stripe as it is, without what stripe-node would make of it. `account`: a connected one, or empty. */
async function ask<Body>(client: Stripe, path: string, account = ''): Promise<Answer<Body>> {
  const began = performance.now()
  const response = await client.rawRequest('GET', path, undefined, {
    timeout: TIMEOUT,
    ...(account ? { stripeAccount: account } : {}),
  })
  // Its own clock, which stamps the events too; ours may differ. A header shows the second that has begun.
  const told = Date.parse(String(response.lastResponse?.headers?.date ?? ''))
  const end = Number.isNaN(told) ? Math.floor(Date.now() / 1_000) * 1_000 : told
  return {
    body: response as Body,
    from: new Date(end - Math.ceil(performance.now() - began)),
    until: new Date(end + 999),
  }
}

/** A page of a kind, newest first. */
export function askPage(
  client: Stripe,
  { path, query, timeless }: Kind,
  range: { after?: string | undefined; since?: Date | null; until?: Date | null },
): Promise<Answer<Page>> {
  const { after, since, until } = range
  const seconds = (time: Date) => String(Math.floor(time.getTime() / 1_000))
  const params = new URLSearchParams({
    limit: '100',
    ...query,
    ...(after ? { starting_after: after } : {}),
    ...(since && !timeless ? { 'created[gte]': seconds(since) } : {}),
    ...(until && !timeless ? { 'created[lte]': seconds(until) } : {}),
  })
  return ask(client, `${path}?${params}`)
}

/** One object; undefined when Stripe has none of this id (any more). */
export async function askObject(
  client: Stripe,
  { path }: Kind,
  id: string,
  account: string,
): Promise<Answer<StripeObject> | undefined> {
  try {
    return await ask(client, `${path}/${encodeURIComponent(id)}`, account)
  } catch (error) {
    if (failureOf(error) === 'refused' && codeOf(error) === 'resource_missing') return undefined
    throw error
  }
}

/** Fetches what Stripe cut off a list inside of an object, in place. */
export async function complete(client: Stripe, object: StripeObject, account = ''): Promise<void> {
  for (let list = cutShort(object); list; list = cutShort(object)) {
    const last = list.data.at(-1) as { id?: unknown } | undefined
    if (!list.url.startsWith('/v1/') || typeof last?.id !== 'string') return
    const joint = list.url.includes('?') ? '&' : '?'
    const next = new URLSearchParams({ limit: '100', starting_after: last.id })
    const { body } = await ask<Page>(client, `${list.url}${joint}${next}`, account)
    list.data.push(...body.data)
    Object.assign(list, { has_more: body.has_more && body.data.length > 0 })
  }
}

/** Objects as the mirror may keep them: text for jsonb. Throws RangeError when one is too deep. */
export function keepableText(objects: StripeObject[]): string {
  if (!makeKeepable(objects, true)) throw new RangeError('too deep to be kept')
  return JSON.stringify(objects)
}
