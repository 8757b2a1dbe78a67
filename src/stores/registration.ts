import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { digest, newStoreToken } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { failureOf } from '../stripe/errors.ts'
import { API_VERSION } from '../stripe/stripe.ts'

type EventType = Stripe.WebhookEndpointCreateParams.EnabledEvent

/** What our handlers act on; everything else is only kept, for those who want it (`connections.all_events`). */
export const ENDPOINT_EVENTS: EventType[] = [
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
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

/** Of connected accounts: whether a vendor can be paid. */
const CONNECT_EVENTS: EventType[] = ['account.updated']

/** An endpoint that Stripe made for us just now: the only moment in which it tells the secret. */
export type Registration = { stripe_endpoint_id: string; token: string; secret: Secret; api_version: string }

/** Every type that Stripe has, or just those we act on. */
const eventsFor = (allEvents: boolean): EventType[] => (allEvents ? ['*'] : ENDPOINT_EVENTS)

/** What an endpoint should be: for which store, told of which events, and what we remember of the one before. */
type Wanted = {
  store_id: string
  all_events: boolean
  /** The one that hears of connected accounts: a second endpoint, since the first one does not. */
  connect?: boolean
  known: { stripe_endpoint_id: string | null; token_digest: Buffer | null } | undefined
}

/**
 * Sees to it that Stripe has exactly one endpoint of ours of this kind for this store, as we want it: the known one is
 * kept and mended (address, events, disabled), one that cannot be mended is replaced, leftovers are removed. Only
 * endpoints that carry our metadata for this store are ever touched. `made` is set when there is a new one to save;
 * undefined when it is not possible (no permission, 16 endpoints already, an address Stripe cannot reach).
 */
export async function ensureRegistered(
  deps: Deps,
  client: Stripe,
  wanted: Wanted,
): Promise<{ made?: Registration } | undefined> {
  const { known } = wanted
  try {
    const ours = await ownEndpoints(client, wanted)
    const kept = known && ours.find(({ id }) => id === known.stripe_endpoint_id)
    const good = kept !== undefined && (await mended(deps, client, kept, wanted))
    // Removed first: an account may be at its limit of 16 because of them. Another installation of Owntill may
    // know the same store (a copy for tests, say): its endpoints have another address and are not ours.
    for (const endpoint of ours) {
      const ourAddress = endpoint.url.startsWith(`${deps.config.publicUrl}/`)
      if (endpoint === kept ? !good : ourAddress) await client.webhookEndpoints.del(endpoint.id)
    }
    return good ? {} : { made: await register(deps, client, wanted) }
  } catch (error) {
    if (failureOf(error)) return undefined
    throw error
  }
}

/**
 * What is wrong with the endpoint that we registered, as Stripe has it; null when nothing is. Changes nothing.
 * Rejects with Stripe's error when it cannot be asked.
 */
export async function driftOf(
  { config }: Pick<Deps, 'config'>,
  client: Stripe,
  wanted: Wanted,
): Promise<string | null> {
  const { known } = wanted
  const ours = (await ownEndpoints(client, wanted)).find(({ id }) => id === known?.stripe_endpoint_id)
  if (!ours) return 'is gone at Stripe'
  const token = ours.url.split('/').at(-1) ?? ''
  if (ours.api_version !== API_VERSION) return 'has another API version'
  if (!known?.token_digest || !digest(token).equals(known.token_digest)) return 'has another token'
  if (ours.url !== urlOf(config.publicUrl, token)) return 'has another address'
  if (ours.status !== 'enabled') return 'is disabled'
  return hasEvents(ours, wanted) ? null : 'is told other events'
}

/** Takes a registration back at Stripe; failing to do so is not worth more than a stale entry there. */
export async function unregister(client: Stripe, stripeEndpointId: string): Promise<void> {
  try {
    await client.webhookEndpoints.del(stripeEndpointId)
  } catch (error) {
    if (!failureOf(error)) throw error
  }
}

async function ownEndpoints(client: Stripe, wanted: Wanted): Promise<Stripe.WebhookEndpoint[]> {
  const { data } = await client.webhookEndpoints.list({ limit: 100 })
  return data.filter(
    ({ metadata }) => metadata.owntill === nameOf(wanted) && metadata.store_id === wanted.store_id,
  )
}

async function register({ config }: Deps, client: Stripe, wanted: Wanted): Promise<Registration> {
  const { store_id } = wanted
  const token = newStoreToken(store_id)
  const made = await client.webhookEndpoints.create({
    url: urlOf(config.publicUrl, token),
    enabled_events: eventsOf(wanted),
    ...(wanted.connect ? { connect: true } : {}),
    api_version: API_VERSION,
    description: 'Owntill',
    metadata: { owntill: nameOf(wanted), store_id },
  })
  if (!made.secret) throw new Error('Stripe registered an endpoint without telling its secret')
  return { stripe_endpoint_id: made.id, token, secret: new Secret(made.secret), api_version: API_VERSION }
}

/** Mends what Stripe lets us change. False when it must be replaced: another API version, or a token we lost. */
async function mended(
  { config }: Deps,
  client: Stripe,
  endpoint: Stripe.WebhookEndpoint,
  wanted: Wanted,
): Promise<boolean> {
  const { known } = wanted
  const token = endpoint.url.split('/').at(-1) ?? ''
  if (endpoint.api_version !== API_VERSION) return false
  if (!known?.token_digest || !digest(token).equals(known.token_digest)) return false

  const url = urlOf(config.publicUrl, token)
  const good = endpoint.url === url && hasEvents(endpoint, wanted) && endpoint.status === 'enabled'
  if (good) return true
  const enabled_events = eventsOf(wanted)
  await client.webhookEndpoints.update(endpoint.id, { url, enabled_events, disabled: false })
  return true
}

const nameOf = ({ connect }: Wanted): string => (connect ? 'connect_endpoint' : 'endpoint')

const eventsOf = ({ connect, all_events }: Wanted): EventType[] =>
  connect ? CONNECT_EVENTS : eventsFor(all_events)

const hasEvents = ({ enabled_events }: Stripe.WebhookEndpoint, wanted: Wanted): boolean =>
  eventsOf(wanted).toSorted().join() === enabled_events.toSorted().join()

const urlOf = (publicUrl: string, token: string): string =>
  new URL(`/webhook/stripe/${token}`, publicUrl).href
