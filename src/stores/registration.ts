import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { digest, newStoreToken } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { failureOf } from '../stripe/errors.ts'
import { API_VERSION } from '../stripe/stripe.ts'

/** What our handlers act on; everything else would only be noise for the merchant's endpoint. */
export const ENDPOINT_EVENTS: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = [
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.refunded',
  'charge.refund.updated',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
]

/** An endpoint that Stripe made for us just now: the only moment in which it tells the secret. */
export type Registration = { stripe_endpoint_id: string; token: string; secret: Secret; api_version: string }

/** What we remember of an endpoint that we registered earlier. */
export type Registered = { stripe_endpoint_id: string | null; token_digest: Buffer | null }

/**
 * Sees to it that Stripe has exactly one endpoint of ours for this store, as we want it: the known one is kept and
 * mended (address, events, disabled), one that cannot be mended is replaced, leftovers are removed. Only endpoints
 * that carry our metadata for this store are ever touched. `made` is set when there is a new one to save;
 * undefined when it is not possible (no permission, 16 endpoints already, an address Stripe cannot reach).
 */
export async function ensureRegistered(
  deps: Deps,
  client: Stripe,
  storeId: string,
  known: Registered | undefined,
): Promise<{ made?: Registration } | undefined> {
  try {
    const ours = await ownEndpoints(client, storeId)
    const kept = known && ours.find(({ id }) => id === known.stripe_endpoint_id)
    const good = kept !== undefined && known !== undefined && (await mended(deps, client, kept, known))
    // Removed first: an account may be at its limit of 16 because of them. Another installation of Owntill may
    // know the same store (a copy for tests, say): its endpoints have another address and are not ours.
    for (const endpoint of ours) {
      const ourAddress = endpoint.url.startsWith(`${deps.config.publicUrl}/`)
      if (endpoint === kept ? !good : ourAddress) await client.webhookEndpoints.del(endpoint.id)
    }
    return good ? {} : { made: await register(deps, client, storeId) }
  } catch (error) {
    if (failureOf(error)) return undefined
    throw error
  }
}

/** Takes a registration back at Stripe; failing to do so is not worth more than a stale entry there. */
export async function unregister(client: Stripe, stripeEndpointId: string): Promise<void> {
  try {
    await client.webhookEndpoints.del(stripeEndpointId)
  } catch (error) {
    if (!failureOf(error)) throw error
  }
}

async function ownEndpoints(client: Stripe, storeId: string): Promise<Stripe.WebhookEndpoint[]> {
  const { data } = await client.webhookEndpoints.list({ limit: 100 })
  return data.filter(({ metadata }) => metadata.owntill === 'endpoint' && metadata.store_id === storeId)
}

async function register({ config }: Deps, client: Stripe, storeId: string): Promise<Registration> {
  const token = newStoreToken(storeId)
  const made = await client.webhookEndpoints.create({
    url: urlOf(config.publicUrl, token),
    enabled_events: ENDPOINT_EVENTS,
    api_version: API_VERSION,
    description: 'Owntill',
    metadata: { owntill: 'endpoint', store_id: storeId },
  })
  if (!made.secret) throw new Error('Stripe registered an endpoint without telling its secret')
  return { stripe_endpoint_id: made.id, token, secret: new Secret(made.secret), api_version: API_VERSION }
}

/** Mends what Stripe lets us change. False when it must be replaced: another API version, or a token we lost. */
async function mended(
  { config }: Deps,
  client: Stripe,
  endpoint: Stripe.WebhookEndpoint,
  known: Registered,
): Promise<boolean> {
  const token = endpoint.url.split('/').at(-1) ?? ''
  if (endpoint.api_version !== API_VERSION) return false
  if (!known.token_digest || !digest(token).equals(known.token_digest)) return false

  const url = urlOf(config.publicUrl, token)
  const sameEvents = ENDPOINT_EVENTS.toSorted().join() === endpoint.enabled_events.toSorted().join()
  if (endpoint.url === url && sameEvents && endpoint.status === 'enabled') return true
  await client.webhookEndpoints.update(endpoint.id, { url, enabled_events: ENDPOINT_EVENTS, disabled: false })
  return true
}

const urlOf = (publicUrl: string, token: string): string =>
  new URL(`/webhook/stripe/${token}`, publicUrl).href
