import type { FastifyReply } from 'fastify'
import { forbidden, invalid, Refusal } from './refusal.ts'

/** An answer as it is sent, and kept under its idempotency key. */
export interface Answer {
  status: number
  body: string
  /** The id of the request that it first answered. */
  request: string
}

/** Sends an answer with the headers that Stripe's answers carry. */
export const send = (reply: FastifyReply, answer: Answer) =>
  reply
    .code(answer.status)
    .headers({
      'content-type': 'application/json',
      'cache-control': 'no-cache, no-store',
      'request-id': reply.request.id,
    })
    .send(answer.body)

/** What is thrown, as Stripe's error object. Anything that is not a refusal is a bug: a 500 without detail. */
export function refused(error: unknown, request: string): Answer {
  if (!(error instanceof Refusal)) {
    const { statusCode, message } = error as { statusCode?: number; message: string }
    if (statusCode && statusCode < 500) return refused(invalid(message), request)
    console.error(error)
    return refused(failed(500), request)
  }
  const request_log_url = `https://dashboard.stripe.com/test/logs/${request}`
  return {
    status: error.status,
    body: JSON.stringify({ error: { ...error.body, request_log_url } }),
    request,
  }
}

export const failed = (status: number) =>
  new Refusal(status, {
    type: 'api_error',
    message:
      'Sorry! There was an error while talking to one of our servers. Try again in a moment, and let us know at ' +
      'support@stripe.com if the problem persists.',
  })

export const tooMany = () =>
  new Refusal(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
  })

export const secretKeyRequired = () =>
  forbidden(
    'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of ' +
      'your API keys at https://dashboard.stripe.com/account/apikeys.',
    { code: 'secret_key_required' },
  )
