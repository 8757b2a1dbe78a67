import { act, finish } from './actions.js'
import { callApi, intentId, retrieveIntent } from './api.js'
import { collectPaymentMethod, collectShipping } from './collect.js'
import { groupOf } from './elements.js'
import { insist, warnUnknown } from './errors.js'

const confirmParamNames = [
  'return_url',
  'payment_method_data',
  'confirmation_token',
  'payment_method',
  'expand',
  'mandate_data',
  'receipt_email',
  'save_payment_method',
  'setup_future_usage',
  'shipping',
]

function checkOptions({ elements, clientSecret, confirmParams = {}, redirect = 'always' }) {
  insist(['always', 'if_required'].includes(redirect), 'Invalid value for confirmPayment(): redirect.')
  insist(elements || clientSecret, 'confirmPayment() needs elements, a clientSecret, or both.')
  warnUnknown('confirmPayment() confirmParams', confirmParams, confirmParamNames)
  insist(
    redirect === 'if_required' || confirmParams.return_url,
    'confirmPayment(): confirmParams.return_url is required unless redirect is "if_required".',
  )
  if (confirmParams.return_url) {
    insist(
      /^(https?:)\/\//.test(confirmParams.return_url),
      'Invalid return_url: it must be an absolute URL including the scheme.',
    )
  }
}

// The shopper saw one amount; Stripe refuses to charge another, by these words.
function mismatch(group, intent) {
  const given = group.options
  const names = [
    ['amount', given.amount, intent.amount],
    ['currency', given.currency, intent.currency],
    [
      'setup_future_usage',
      given.setup_future_usage ?? given.setupFutureUsage ?? null,
      intent.setup_future_usage ?? null,
    ],
    [
      'capture_method',
      plainCapture(given.capture_method ?? given.captureMethod),
      plainCapture(intent.capture_method),
    ],
  ]
  const wrong = names.find(([, provided, expected]) => provided !== expected)
  if (!wrong) return null
  const [name, provided, expected] = wrong
  const message = `The provided ${name} (${provided}) does not match the expected ${name} (${expected}).`
  return { type: 'invalid_request_error', message, payment_intent: intent }
}

const plainCapture = method => (method === 'manual' ? 'manual' : 'automatic')

/** Pays. Validation, card and API errors are returned; a wrongly programmed page gets an IntegrationError. */
export async function confirmPayment(stripe, options = {}) {
  checkOptions(options)
  const { confirmParams = {}, redirect = 'always' } = options
  const group = options.elements ? groupOf(options.elements) : null
  const clientSecret = options.clientSecret ?? group?.options.clientSecret
  insist(clientSecret, 'confirmPayment() with deferred Elements needs the clientSecret of a PaymentIntent.')
  const id = intentId(clientSecret)
  if (group?.deferred) {
    insist(
      group.submitted,
      'elements.submit() must be called, and its result awaited, before stripe.confirmPayment().',
    )
  } else if (group) {
    const { error } = await options.elements.submit()
    if (error) return { error }
  }

  const before = await retrieveIntent(stripe.credentials, clientSecret)
  if (before.error) return before
  const wrong = group?.deferred ? mismatch(group, before.paymentIntent) : null
  if (wrong) return { error: wrong }

  const payer = await payerParams(group, confirmParams)
  if (payer.error) return payer
  const { object, error } = await callApi(stripe.credentials, 'POST', `/v1/payment_intents/${id}/confirm`, {
    client_secret: clientSecret,
    use_stripe_sdk: true,
    return_url: confirmParams.return_url ?? window.location.href,
    receipt_email: confirmParams.receipt_email,
    setup_future_usage: confirmParams.setup_future_usage,
    shipping: confirmParams.shipping ?? (await collectShipping(group)),
    expand: confirmParams.expand,
    ...payer.params,
  })
  if (group) group.wallet = null
  if (error) return { error }
  const done = await act(stripe.credentials, object)
  if (done.error) return done
  return finish(done.paymentIntent, { redirect, return_url: confirmParams.return_url })
}

async function payerParams(group, confirmParams) {
  const { payment_method, confirmation_token, mandate_data } = confirmParams
  if (confirmation_token) return { params: { confirmation_token } }
  if (payment_method || !group) return { params: { payment_method, mandate_data } }
  const { paymentMethod, error } = await collectPaymentMethod(group, confirmParams.payment_method_data)
  if (error) return { error }
  const agreed = ['sepa_debit', 'us_bank_account'].includes(paymentMethod.type) ? onlineMandate : undefined
  return { params: { payment_method: paymentMethod.id, mandate_data: mandate_data ?? agreed } }
}

const onlineMandate = { customer_acceptance: { type: 'online', online: { infer_from_client: true } } }

/** Continues a payment whose PaymentIntent was confirmed by the server. */
export async function handleNextAction(stripe, { clientSecret } = {}) {
  const { paymentIntent, error } = await retrieveIntent(stripe.credentials, clientSecret)
  return error ? { error } : act(stripe.credentials, paymentIntent)
}
