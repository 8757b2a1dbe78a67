import { callApi } from './api.js'
import { groupOf } from './elements.js'
import { insist } from './errors.js'

const merged = (low, high) => ({ ...low, ...high, address: { ...low?.address, ...high?.address } })

/** Makes a PaymentMethod from what was typed: the Payment Element's frame sends the card, not this page. */
export async function collectPaymentMethod(group, data = {}) {
  if (group.wallet) return { paymentMethod: group.wallet.paymentMethod }
  const payment = group.get('payment')
  insist(payment, 'confirmPayment() needs a mounted Payment Element.')
  let billing = data.billing_details
  const email = group.get('linkAuthentication')
  if (email?.mounted()) billing = merged({ email: (await email.ask('value')).value.email }, billing)
  const address = group.get('address')
  if (address?.mounted()) {
    const { mode, value } = await address.ask('value')
    if (mode === 'billing') billing = merged(value, billing)
  }
  const answer = await payment.ask('create_payment_method', { ...data, billing_details: billing })
  // The page hid a field of the Payment Element and then did not send its value.
  insist(!answer.missing, answer.missing)
  return answer
}

/** What the wallet or a mounted address Element in shipping mode says, as the `shipping` of a PaymentIntent. */
export async function collectShipping(group) {
  if (group?.wallet) return group.wallet.shipping
  const address = group?.get('address')
  if (!address?.mounted()) return undefined
  const { mode, value } = await address.ask('value')
  return mode === 'shipping' ? value : undefined
}

/** stripe.createPaymentMethod({elements, params}). */
export async function createPaymentMethod(stripe, given) {
  const { elements, params = {} } = given
  if (!elements) {
    insist(given.type && given.type !== 'card', 'createPaymentMethod() takes cards from Elements only.')
    const { object, error } = await callApi(stripe.credentials, 'POST', '/v1/payment_methods', given)
    return error ? { error } : { paymentMethod: object }
  }
  const group = groupOf(elements)
  insist(group.submitted, 'elements.submit() must be called before stripe.createPaymentMethod().')
  return collectPaymentMethod(group, params)
}

/** stripe.createConfirmationToken({elements, params}). */
export async function createConfirmationToken(stripe, { elements, params = {} }) {
  const group = groupOf(elements)
  insist(group.submitted, 'elements.submit() must be called before stripe.createConfirmationToken().')
  const { paymentMethod, error } = await collectPaymentMethod(group, params.payment_method_data)
  if (error) return { error }
  const shipping = params.shipping ?? (await collectShipping(group))
  const made = await callApi(stripe.credentials, 'POST', '/v1/confirmation_tokens', {
    payment_method: paymentMethod.id,
    return_url: params.return_url,
    shipping,
  })
  return made.error ? { error: made.error } : { confirmationToken: made.object }
}
