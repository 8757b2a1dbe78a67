import { insist } from './errors.js'
import { sandboxOrigin } from './origin.js'

/** `{a: {b: 1}, c: [2]}` as Stripe's form encoding: `a[b]=1&c[0]=2`. Undefined and null are left out. */
export function formEncode(params) {
  const form = new URLSearchParams()
  const add = (name, value) => {
    if (value === undefined || value === null) return
    if (typeof value !== 'object') form.append(name, String(value))
    else for (const key of Object.keys(value)) add(`${name}[${key}]`, value[key])
  }
  for (const key of Object.keys(params)) add(key, params[key])
  return form
}

/** Calls /v1 with the publishable key. Answers `{object}` or `{error}`, never throws. */
export async function callApi(credentials, method, path, params = {}) {
  const form = formEncode(params)
  const url = new URL(path, sandboxOrigin)
  if (method === 'GET') url.search = form.toString()
  const headers = { authorization: `Bearer ${credentials.key}` }
  if (credentials.stripeAccount) headers['stripe-account'] = credentials.stripeAccount
  if (credentials.apiVersion) headers['stripe-version'] = credentials.apiVersion
  try {
    const answer = await fetch(url, { method, headers, body: method === 'POST' ? form : undefined })
    const body = await answer.json()
    return answer.ok ? { object: body } : { error: body.error }
  } catch {
    return {
      error: {
        type: 'api_connection_error',
        message: 'We could not reach the payment provider. Please check your connection and try again.',
      },
    }
  }
}

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
