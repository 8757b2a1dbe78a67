// What changes the price on the pay page: a discount code, the address, the way it is sent. The server reckons; this
// shows what it answers, and tells checkout.js with a `priced` event.
const byId = id => document.getElementById(id)
const { stripe: settings, urls, texts, pricing } = JSON.parse(byId('checkout-data').textContent)

const PATIENCE = 30_000

// One after the other: the server's last word is the one that is shown.
let queue = Promise.resolve()

function ask(url, method, body) {
  const answer = queue.then(() => send(url, method, body))
  queue = answer.catch(() => undefined)
  return answer
}

/** Answers undefined when it worked, else what to say. */
async function send(url, method, body) {
  let answer
  try {
    answer = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    })
  } catch {
    return texts.network
  }
  const said = await answer.json().catch(() => ({}))
  if (answer.ok) return show(said)
  const type = String(said.type).split(':').at(-1)
  // Paid, expired or cancelled elsewhere: the page itself knows how to say that.
  if (type === 'session-over' || answer.status === 404) return location.reload()
  if (answer.status === 429) return texts.too_many
  return pricing[type] ?? (answer.status >= 500 ? texts.ours : pricing['discount-unknown'])
}

function show(priced) {
  for (const [name, text] of Object.entries(priced.shown)) {
    for (const place of document.querySelectorAll(`[data-sum="${name}"]`)) {
      place.hidden = !text
      place.querySelector('.amount').textContent = text ?? ''
    }
  }
  if (byId('discount')) showDiscount(priced.discount_code)
  if (byId('rates')) showRates(priced)
  document.dispatchEvent(new CustomEvent('priced', { detail: priced }))
}

/* The discount code. */
const field = byId('discount-code')

function showDiscount(code) {
  byId('discount-entry').hidden = Boolean(code)
  byId('discount-applied').hidden = !code
  byId('discount-name').textContent = code ?? ''
}

function sayAtCode(text) {
  const error = byId('discount-code-error')
  error.querySelector('[data-text]').textContent = text ?? ''
  error.hidden = !text
  if (text) field.setAttribute('aria-invalid', 'true')
  else field.removeAttribute('aria-invalid')
}

async function press(button, work) {
  if (button.getAttribute('aria-disabled')) return
  button.setAttribute('aria-disabled', 'true')
  await work()
  button.removeAttribute('aria-disabled')
}

byId('discount')?.addEventListener('submit', event => {
  event.preventDefault()
  const code = field.value.trim()
  if (!code) return field.focus()
  void press(byId('discount-apply'), async () => {
    const email = byId('email')
    const known = email.value && email.validity.valid ? { email: email.value.trim() } : {}
    const problem = await ask(urls.discount, 'POST', { code, ...known })
    sayAtCode(problem)
    if (problem) return field.focus()
    field.value = ''
    byId('discount-remove').focus()
  })
})
field?.addEventListener('input', () => sayAtCode())
byId('discount-remove')?.addEventListener('click', event => {
  void press(event.currentTarget, async () => {
    const problem = await ask(urls.discount, 'DELETE')
    sayAtCode(problem)
    if (!problem) field.focus()
  })
})

/* The address, and the way it is sent. */
let address
let told
let waiting
let asking = 0
let listed

document.addEventListener('elements', ({ detail: elements }) => {
  if (!byId('address-element')) return
  const element = elements.create('address', {
    mode: 'shipping',
    allowedCountries: settings.shipping_countries,
  })
  element.on('change', ({ complete, value }) => {
    const { country, state, postal_code } = value.address
    address = complete && { country, region: state || undefined, postal_code: postal_code || undefined }
    clearTimeout(waiting)
    waiting = setTimeout(tell, 400)
  })
  element.mount('#address-element')
})

// Nobody pays before the server knows where it goes.
document.addEventListener('paying', event => event.detail.push(tell(), queue))

async function tell(rate_id) {
  clearTimeout(waiting)
  const now = JSON.stringify([address, rate_id])
  if (!address || (now === told && !rate_id)) return
  told = JSON.stringify([address, undefined])
  asking += 1
  const problem = await ask(urls.shipping, 'POST', { ...address, rate_id })
  asking -= 1
  const box = byId('shipping-problem').firstElementChild
  box.querySelector('[data-text]').textContent = problem ?? ''
  box.hidden = !problem
  if (problem) told = undefined
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
