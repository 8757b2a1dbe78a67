import type Stripe from 'stripe'

/** Stripe's error object: what stands under `error` in an answer that is not a 2xx. */
export interface ErrorBody {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: Stripe.PaymentIntent.LastPaymentError['code']
  param?: string
  decline_code?: string
  charge?: string
  advice_code?: string
  doc_url?: string
  request_log_url?: string
  payment_intent?: object
  payment_method?: object
}

/** An answer that says no, in Stripe's words. Thrown anywhere in an operation, rendered by the server. */
export class Refusal extends Error {
  readonly status: number
  readonly body: ErrorBody
  constructor(status: number, body: ErrorBody) {
    super(body.message)
    this.status = status
    this.body = body
    if (body.code) body.doc_url ??= `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}`
  }
}

type Details = Omit<ErrorBody, 'type' | 'message'>

/** 400 invalid_request_error: the request cannot be carried out as it was put. */
export const invalid = (message: string, details: Details = {}): Refusal =>
  new Refusal(400, { type: 'invalid_request_error', message, ...details })

/** 404 resource_missing. When the id came as a parameter (`param` other than `id`) Stripe answers 400. */
export const missing = (noun: string, id: string, param = 'id'): Refusal =>
  new Refusal(param === 'id' || param === 'intent' ? 404 : 400, {
    type: 'invalid_request_error',
    message: `No such ${noun}: '${id}'`,
    code: 'resource_missing',
    param,
  })

/** 402 card_error: the bank, not the caller, said no. */
export const declined = (message: string, details: Details): Refusal =>
  new Refusal(402, { type: 'card_error', message, ...details })

export const unauthorized = (message: string, details: Details = {}): Refusal =>
  new Refusal(401, { type: 'invalid_request_error', message, ...details })

export const forbidden = (message: string, details: Details = {}): Refusal =>
  new Refusal(403, { type: 'invalid_request_error', message, ...details })
