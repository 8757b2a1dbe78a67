import type { Config } from '../config.ts'

/** How Stripe's API answers from here. `skew`: how far our clock is ahead of Stripe's, in whole seconds. */
type Reached = { ms: number; skew: number | undefined }

/**
 * Asks Stripe's API without a key, which it refuses at once: enough to see the way there, the certificate and the
 * clock. Rejects when there is no answer within ten seconds.
 */
export async function reachStripe({ apiUrl }: Config['stripe']): Promise<Reached> {
  const since = Date.now()
  const response = await fetch(`${apiUrl}/v1/balance`, {
    signal: AbortSignal.timeout(10_000),
    redirect: 'error',
  })
  await response.arrayBuffer()
  const ms = Date.now() - since
  const date = Date.parse(response.headers.get('date') ?? '')
  // The header has whole seconds, cut off: on average half of one is missing.
  return { ms, skew: Number.isNaN(date) ? undefined : Math.round((since + ms / 2 - date - 500) / 1_000) }
}
