// Where the order goes and how it is sent, or where its shopper lives: typed into Stripe's Address Element, or chosen in
// a wallet's sheet. The price for it is the server's (pricing.js).
import { ask, settled } from './pricing.js'

const byId = id => document.getElementById(id)
const { stripe: settings, urls, texts } = JSON.parse(byId('checkout-data').textContent)

const { mode, countries } = settings.address

let typed
let told
let waiting
let asking = 0
let priced
let listed

const placeOf = ({ country, state, postal_code }) => ({
  country,
  region: state || undefined,
  postal_code: postal_code || undefined,
})

document.addEventListener('elements', ({ detail: elements }) => {
  const element = elements.create('address', { mode, ...(countries && { allowedCountries: countries }) })
  element.on('change', ({ complete, value }) => {
    typed = complete && placeOf(value.address)
    clearTimeout(waiting)
    waiting = setTimeout(tell, 400)
  })
  element.mount('#address-element')
})
document.addEventListener('priced', ({ detail }) => {
  priced = detail
  if (byId('rates')) showRates(detail)
})

// Nobody pays before the server knows where it goes. What it has to say against it is said at the address too.
document.addEventListener('paying', ({ detail: { waits, wallet } }) =>
  waits.push(wallet ? tellOf(wallet) : tell(), settled()),
)

async function tell(rate_id) {
  clearTimeout(waiting)
  const now = JSON.stringify([typed, rate_id])
  if (!typed || (now === told && !rate_id)) return undefined
  told = JSON.stringify([typed, undefined])
  asking += 1
  const problem = await ask(urls[mode], 'POST', { ...typed, rate_id })
  asking -= 1
  const box = byId('address-problem').firstElementChild
  box.querySelector('[data-text]').textContent = problem ?? ''
  box.hidden = !problem
  if (problem) told = undefined
  return problem
}

function showRates({ shipping_rates: rates, shipping_rate: chosen }) {
  byId('rates').hidden = rates.length < 2
  // Nothing is drawn anew under the shopper's finger.
  if (JSON.stringify(rates) !== listed) byId('rate-list').replaceChildren(...rates.map(rateRow))
  listed = JSON.stringify(rates)
  const radio = [...byId('rate-list').querySelectorAll('input')].find(({ value }) => value === chosen)
  // What was chosen since the question was asked is on its way.
  if (radio && asking < 2) radio.checked = true
}

function rateRow({ id, name, shown }) {
  const row = document.createElement('label')
  row.className = 'rate'
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'rate', value: id })
  input.addEventListener('change', () => tell(id))
  row.append(
    input,
    ...[name, shown].map(text => Object.assign(document.createElement('bdi'), { textContent: text })),
  )
  return row
}

/* A wallet's sheet. It shows a rate before it has told an address, and also where the store sends for nothing. */
const ANY_RATE = { id: 'any', amount: 0, displayName: texts.shipping }
const rateOf = ({ id } = ANY_RATE) => (id === ANY_RATE.id ? undefined : id)
let place

document.addEventListener('wallets', ({ detail: { options, made } }) => {
  Object.assign(options, {
    shippingAddressRequired: true,
    allowedShippingCountries: countries,
    shippingRates: [ANY_RATE],
  })
  made.then(element => {
    element.on('shippingaddresschange', event => quote(event, placeOf(event.address)))
    element.on('shippingratechange', event => quote(event, { ...place, rate_id: rateOf(event.shippingRate) }))
    // The price is for the sheet's address: let it be for the typed one again.
    element.on('cancel', () => tell())
  })
})

/** Answers the sheet with the price there, or that nothing is sent there. By then checkout.js has told Stripe the total. */
async function quote(event, choice) {
  const { rate_id, ...there } = choice
  place = there
  told = undefined
  if (await ask(urls.shipping, 'POST', choice)) return event.reject()
  event.resolve({ shippingRates: offered() })
}

/** The chosen rate comes first: that is the one a sheet takes for chosen. */
function offered() {
  const { shipping_rates: rates, shipping_rate: chosen } = priced
  if (rates.length === 0) return [ANY_RATE]
  return rates
    .toSorted((one, other) => (other.id === chosen) - (one.id === chosen))
    .map(({ id, name, amount }) => ({ id, amount, displayName: name }))
}

/** The sheet's address once more: a wallet keeps part of it to itself until the shopper pays. */
function tellOf({ shippingAddress, shippingRate }) {
  told = undefined
  return ask(urls.shipping, 'POST', { ...placeOf(shippingAddress.address), rate_id: rateOf(shippingRate) })
}
