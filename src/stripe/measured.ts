import Stripe from 'stripe'
import { histogram } from '../lib/metrics.ts'
import { traced } from '../lib/tracing.ts'

const duration = histogram(
  'stripe_request_duration_seconds',
  'Requests to Stripe, each try by itself, until its answer begins or it fails; status is a code, timeout or network',
  ['method', 'resource', 'status'],
)

/** The client's way to Stripe, with every try measured: one wrapper for all tenants and all clients. */
export function measured(client: Stripe.HttpClient): Stripe.HttpClient {
  const { makeRequest } = client
  client.makeRequest = async function measuredRequest(...request) {
    const [, , path, method] = request
    const since = performance.now()
    const note = (status: string) =>
      duration.observe({ method, resource: resourceOf(path), status }, (performance.now() - since) / 1_000)
    try {
      const name = `Stripe ${method} ${resourceOf(path)}`
      const response = await traced(name, 'client', {}, () => makeRequest.apply(client, request))
      note(String(response.getStatusCode()))
      return response
    } catch (error) {
      note((error as { code?: string }).code === Stripe.HttpClient.TIMEOUT_ERROR_CODE ? 'timeout' : 'network')
      throw error
    }
  }
  return client
}

/** `/v1/refunds/re_1/cancel?…` is about `refunds`: ids would make a label of their own each. */
const resourceOf = (path: string): string => /^\/v\d\/([a-z_]+)/.exec(path)?.[1] ?? 'other'
