import { retrieveIntent } from './api.js'
import { askInDialog } from './dialog.js'

// Never resolves: the page is about to go away.
const leave = url => {
  window.location.assign(url)
  return new Promise(() => undefined)
}

/** What Stripe adds to a return_url. A hint for the page: the truth is at the API. */
export function returnUrl(address, paymentIntent) {
  const redirectStatus = { succeeded: 'succeeded', requires_capture: 'succeeded', processing: 'pending' }
  const url = new URL(address, window.location.href)
  url.searchParams.set('payment_intent', paymentIntent.id)
  url.searchParams.set('payment_intent_client_secret', paymentIntent.client_secret)
  url.searchParams.set('redirect_status', redirectStatus[paymentIntent.status] ?? 'failed')
  return url.href
}

/** Ends a confirmation as the merchant asked: `always` leaves for return_url, `if_required` answers. */
export function finish(paymentIntent, { redirect, return_url }) {
  if (redirect === 'if_required') return { paymentIntent }
  return leave(returnUrl(return_url, paymentIntent))
}

/**
 * Does what a PaymentIntent still needs from the shopper: a 3-D Secure challenge in a dialog, or a redirect
 * to a bank (then the promise never resolves). Answers the intent as it is afterwards, or the error.
 */
export async function act(credentials, paymentIntent) {
  const action = paymentIntent.next_action
  if (paymentIntent.status !== 'requires_action' || !action) return { paymentIntent }
  if (action.type === 'redirect_to_url') return leave(action.redirect_to_url.url)
  await askInDialog({
    page: `/console/3ds/${paymentIntent.id}`,
    query: { client_secret: paymentIntent.client_secret },
    title: '3D Secure authentication',
  })
  const after = await retrieveIntent(credentials, paymentIntent.client_secret)
  if (after.error) return after
  if (after.paymentIntent.status !== 'requires_payment_method') return after
  const failure = after.paymentIntent.last_payment_error
  return { error: { ...failure, payment_intent: after.paymentIntent } }
}
