import { request } from '../shared/api.js'
import { insist } from './errors.js'
import { sandboxOrigin } from './origin.js'

/** Calls the sandbox's /v1 with the publishable key: `{object}` or `{error}`. */
export const callApi = (credentials, method, path, params) =>
  request(sandboxOrigin, credentials, method, path, params)

/** `pi_1_secret_2` → `pi_1`. */
export function intentId(clientSecret) {
  const match = /^(pi_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+$/.exec(clientSecret ?? '')
  insist(
    match,
    `Invalid value for clientSecret: value should be a client secret of the form \${id}_secret_\${secret}.`,
  )
  return match[1]
}

/** Reads a PaymentIntent the way the shopper's browser may: with its client secret. */
export async function retrieveIntent(credentials, clientSecret) {
  const path = `/v1/payment_intents/${intentId(clientSecret)}`
  const { object, error } = await callApi(credentials, 'GET', path, { client_secret: clientSecret })
  return error ? { error } : { paymentIntent: object }
}
