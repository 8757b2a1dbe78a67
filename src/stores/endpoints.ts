import type Stripe from 'stripe'
import type { Deps } from '../deps.ts'
import { newStoreToken } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { failureOf } from '../stripe/errors.ts'
import { API_VERSION } from '../stripe/stripe.ts'

/** What our handlers act on; everything else would only be noise for the merchant's endpoint. */
export const ENDPOINT_EVENTS: Stripe.WebhookEndpointCreateParams.EnabledEvent[] = [
  'payment_intent.succeeded',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.closed',
]

export type RegisteredEndpoint = {
  stripe_endpoint_id: string
  token: string
  secret: Secret
  api_version: string
}

/**
 * Registers a webhook endpoint of ours with the merchant's key. Undefined when that is not possible (no
 * permission, 16 endpoints already, an address Stripe cannot reach): the merchant then pastes a secret by hand.
 */
export async function registerEndpoint(
  deps: Deps,
  client: Stripe,
  storeId: string,
): Promise<RegisteredEndpoint | undefined> {
  const token = newStoreToken(storeId)
  try {
    const made = await client.webhookEndpoints.create({
      url: new URL(`/webhook/stripe/${token}`, deps.config.publicUrl).href,
      enabled_events: ENDPOINT_EVENTS,
      api_version: API_VERSION,
      description: 'Owntill',
      metadata: { owntill: 'endpoint', store_id: storeId },
    })
    if (!made.secret) throw new Error('Stripe registered an endpoint without telling its secret')
    return { stripe_endpoint_id: made.id, token, secret: new Secret(made.secret), api_version: API_VERSION }
  } catch (error) {
    if (failureOf(error)) return undefined
    throw error
  }
}

/** Takes a registration back at Stripe; failing to do so is not worth more than a stale entry there. */
export async function unregisterEndpoint(client: Stripe, stripeEndpointId: string): Promise<void> {
  try {
    await client.webhookEndpoints.del(stripeEndpointId)
  } catch (error) {
    if (!failureOf(error)) throw error
  }
}
