import { request } from '../shared/api.js'
import { listen, tell } from './channel.js'
import { h } from './field.js'

// The sheet a wallet opens: one test card, one shopper, pay or cancel.
const main = document.querySelector('main')
const shopper = {
  name: 'Ada Wallet',
  email: 'ada.wallet@example.com',
  address: {
    line1: '510 Townsend St',
    line2: null,
    city: 'San Francisco',
    state: 'CA',
    postal_code: '94103',
    country: 'US',
  },
}
// Minor units that Stripe counts otherwise than ISO 4217 and Intl do.
const unlikeIso = { isk: 2, mga: 0, ugx: 2 }
const names = { google_pay: 'Google Pay', link: 'Link' }

function draw(shown) {
  const { amount, currency, wallet, credentials } = shown
  const total = new Intl.NumberFormat(undefined, { style: 'currency', currency })
  const digits = unlikeIso[currency] ?? total.resolvedOptions().maximumFractionDigits
  const pay = h('button', { type: 'button', class: 'Primary', id: 'pay' }, 'Pay')
  const cancel = h('button', { type: 'button', class: 'Secondary', id: 'cancel' }, 'Cancel')
  const error = h('p', { class: 'Error', role: 'alert' })
  cancel.addEventListener('click', () => tell('done', null))
  pay.addEventListener('click', async () => {
    pay.disabled = true
    const made = await createPaymentMethod(credentials)
    if (!made.error) return tell('done', answer(made.object))
    error.textContent = made.error.message
    pay.disabled = false
  })
  main.replaceChildren(
    h(
      'section',
      { class: 'Sheet' },
      h('p', { class: 'Badge' }, 'Sandbox'),
      h('h1', {}, names[wallet]),
      h('p', { class: 'Total' }, total.format(amount / 10 ** digits)),
      h('p', {}, `${shopper.name} · Visa •••• 4242`),
      error,
      h('div', { class: 'Actions' }, pay, cancel),
    ),
  )
  pay.focus()
}

const createPaymentMethod = credentials =>
  request(location.origin, credentials, 'POST', '/v1/payment_methods', {
    type: 'card',
    card: { token: 'tok_visa' },
    billing_details: shopper,
  })

const answer = paymentMethod => ({
  paymentMethod: { id: paymentMethod.id, type: 'card' },
  billingDetails: shopper,
  shippingAddress: { name: shopper.name, address: shopper.address },
})

listen({ init: draw, escape: () => tell('done', null) })
