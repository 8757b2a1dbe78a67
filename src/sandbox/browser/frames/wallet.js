import { request } from '../shared/api.js'
import { listen, tell } from './channel.js'
import { h } from './field.js'
import { addressesIn, shopper } from './walletAddresses.js'

// The sheet a wallet opens: one test card, one shopper with some addresses, pay or cancel.
const main = document.querySelector('main')
// Minor units that Stripe counts otherwise than ISO 4217 and Intl do.
const unlikeIso = { isk: 2, mga: 0, ugx: 2 }
const names = { google_pay: 'Google Pay', link: 'Link' }
let sheet

function draw(shown) {
  const { currency, wallet, credentials, details } = shown
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency })
  const digits = unlikeIso[currency] ?? format.resolvedOptions().maximumFractionDigits
  const total = h('p', { class: 'Total' })
  const pay = h('button', { type: 'button', class: 'Primary', id: 'pay' }, 'Pay')
  const cancel = h('button', { type: 'button', class: 'Secondary', id: 'cancel' }, 'Cancel')
  const error = h('p', { class: 'Error', role: 'alert' })
  const money = amount => format.format(amount / 10 ** digits)
  const shipping = details.shippingAddressRequired ? shippingFields(details, money) : null
  sheet = {
    /** What the page said to the last question. */
    answer({ refused, amount, shippingRates }) {
      error.textContent = refused ? 'This address cannot be shipped to.' : ''
      pay.disabled = Boolean(refused)
      if (refused) return
      total.textContent = money(amount)
      if (shippingRates) shipping.offer(shippingRates)
    },
    wait() {
      pay.disabled = true
    },
  }
  cancel.addEventListener('click', () => tell('done', null))
  pay.addEventListener('click', async () => {
    pay.disabled = true
    const made = await createPaymentMethod(credentials)
    if (!made.error) return tell('done', answer(made.object, shipping))
    error.textContent = made.error.message
    pay.disabled = false
  })
  total.textContent = money(shown.amount)
  main.replaceChildren(
    h(
      'section',
      { class: 'Sheet' },
      h('p', { class: 'Badge' }, 'Sandbox'),
      h('h1', {}, names[wallet]),
      total,
      h('p', {}, `${shopper.name} · Visa •••• 4242`),
      ...(shipping?.fields ?? []),
      error,
      h('div', { class: 'Actions' }, pay, cancel),
    ),
  )
  pay.focus()
  shipping?.ask()
}

/** The address and the rate. Each choice asks the page, which may have another price for it or none at all. */
function shippingFields({ allowedShippingCountries, shippingRates }, money) {
  const addresses = addressesIn(allowedShippingCountries)
  const where = h(
    'select',
    { id: 'address' },
    ...addresses.map(({ line1, city }, at) => option(at, `${line1}, ${city}`)),
  )
  const rate = h('select', { id: 'rate' })
  let rates = []
  const offer = next => {
    rates = next
    rate.replaceChildren(
      ...rates.map(({ id, displayName, amount }) => option(id, `${displayName}: ${money(amount)}`)),
    )
  }
  const address = () => addresses[Number(where.value)]
  const chosen = () => rates.find(({ id }) => id === rate.value)
  const ask = (type, payload) => {
    sheet.wait()
    tell(type, payload)
  }
  // Before it is paid, a wallet tells only as much of an address as its price can depend on.
  const askAddress = () => {
    const { city, state, postal_code, country } = address()
    ask('shippingaddresschange', { name: shopper.name, address: { city, state, postal_code, country } })
  }
  where.addEventListener('change', askAddress)
  rate.addEventListener('change', () => ask('shippingratechange', { shippingRate: chosen() }))
  offer(shippingRates)
  return {
    fields: [labelled('Ship to', where), labelled('Shipping', rate)],
    offer,
    ask: askAddress,
    value: () => ({ shippingAddress: { name: shopper.name, address: address() }, shippingRate: chosen() }),
  }
}

const option = (value, text) => h('option', { value }, text)
const labelled = (text, input) => h('label', { class: 'Choice' }, text, input)

const createPaymentMethod = credentials =>
  request(location.origin, credentials, 'POST', '/v1/payment_methods', {
    type: 'card',
    card: { token: 'tok_visa' },
    billing_details: shopper,
  })

const answer = (paymentMethod, shipping) => ({
  paymentMethod: { id: paymentMethod.id, type: 'card' },
  billingDetails: shopper,
  ...shipping?.value(),
})

listen({ init: draw, answer: said => sheet.answer(said), escape: () => tell('done', null) })
