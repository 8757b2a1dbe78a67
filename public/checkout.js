// The pay page: shows Stripe's Payment Element, asks our server for the PaymentIntent when the shopper pays,
// and lets Stripe confirm it. The amount on this page is for display; the server has its own.
import { shippingOf, showWallets } from './wallets.js'

const byId = id => document.getElementById(id)
const { stripe: settings, urls, texts, declines, pricing } = JSON.parse(byId('checkout-data').textContent)

const form = byId('pay-form')
const email = byId('email')
const button = byId('pay-button')
const label = button.querySelector('[data-label]')
let payLabel = label.textContent

const patience = { script: 10_000, element: 20_000, answer: 30_000 }

let stripe
let elements
let working = false

form.addEventListener('submit', event => {
  event.preventDefault()
  if (!working && (elements || free)) void payAndSay()
})
email.addEventListener('input', () => sayAtEmail(''))
byId('retry')?.addEventListener('click', open)
// The page comes back as it was left, in the middle of paying: let the shopper pay again.
addEventListener('pageshow', event => event.persisted && rest())
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
  elements?.update({ appearance: appearance() }),
)
document.addEventListener('priced', ({ detail }) => reprice(detail))
showHeld(byId('held-until')?.dateTime)
// A discount may leave nothing to pay: then there is nothing of Stripe's on the page.
const free = settings.amount === 0
if (!free) open()
// Back from the bank, or here again after a decline: the page says why, and that is where to go on.
if (!byId('problem').firstElementChild.hidden) reveal('problem', true)

function open() {
  reveal('blocked', false)
  byId('element').setAttribute('aria-busy', 'true')
  announce(texts.loading)
  stripeScript().then(breath).then(showElement).catch(showBlocked)
}

/** Lets the browser draw, and listen to the shopper, between two large pieces of work. */
function breath() {
  return new Promise(resolve => setTimeout(resolve))
}

function showElement() {
  stripe ??= Stripe(settings.publishable_key, { locale: settings.locale })
  const made = stripe.elements({
    mode: 'payment',
    amount: settings.amount,
    currency: settings.currency,
    appearance: appearance(),
  })
  // We ask for the e-mail address ourselves, above.
  const element = made.create('payment', { layout: 'tabs', fields: { billingDetails: { email: 'never' } } })
  const late = setTimeout(showBlocked, patience.element)
  const wallets = breath().then(() => showWallets(made, { closed: () => working || !elements, pay: payWith }))
  element.on('ready', async () => {
    clearTimeout(late)
    // Before the shopper can do anything, so that nothing moves afterwards.
    await wallets
    byId('express')?.setAttribute('data-shown', '')
    elements = made
    elements.update({ amount: settings.amount })
    reveal('blocked', false)
    byId('element').setAttribute('aria-busy', 'false')
    button.disabled = false
    announce(texts.ready)
  })
  element.on('loaderror', () => {
    clearTimeout(late)
    element.destroy()
    showBlocked()
  })
  element.mount('#payment-element')
  document.dispatchEvent(new CustomEvent('elements', { detail: made }))
}

/** The price has changed (pricing.js): Stripe must know it too, or it refuses the PaymentIntent. */
function reprice({ amount, pay_label, held_until }) {
  showHeld(held_until)
  if ((amount === 0) !== free) return location.reload()
  // What was submitted stays so only as long as nothing is changed.
  if (settings.amount !== amount) elements?.update({ amount })
  settings.amount = amount
  payLabel = pay_label
  if (working) return
  label.textContent = payLabel
  announce(payLabel)
}

/** Until when the goods are kept, by the shopper's own clock. It is said once and quietly: nobody is hurried. */
function showHeld(until) {
  const time = byId('held-until')
  if (!time || !until) return
  time.dateTime = until
  const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: 'numeric', minute: '2-digit' })
  time.textContent = clock.format(new Date(until))
}

function showBlocked() {
  byId('express')?.remove()
  byId('element').setAttribute('aria-busy', 'false')
  announce('')
  reveal('blocked', true)
}

/** Stripe's script is in the page; a second try puts it there again. */
async function stripeScript() {
  if (window.Stripe) return
  let script = document.querySelector('script[data-stripe]')
  if (script.dataset.stripe === 'failed') {
    const again = document.createElement('script')
    Object.assign(again, { src: script.src, async: true, nonce: script.nonce })
    again.dataset.stripe = ''
    script.replaceWith(again)
    script = again
  }
  return new Promise((resolve, reject) => {
    const fail = () => {
      script.dataset.stripe = 'failed'
      reject(new Error('Stripe.js did not load'))
    }
    setTimeout(fail, patience.script)
    script.addEventListener('error', fail)
    // It may have failed before anybody listened: the page's own load event comes after it either way.
    addEventListener('load', () => window.Stripe || fail())
    script.addEventListener('load', () => (window.Stripe ? resolve() : fail()))
  })
}

/** Pays with a wallet; its sheet has asked for the e-mail address too. */
function payWith(wallet) {
  email.value ||= wallet.billingDetails?.email ?? ''
  return payAndSay(wallet)
}

/** `pay`, and whatever else goes wrong is said as well. */
const payAndSay = wallet => pay(wallet).catch(() => fail(texts.unclear))

/** True as soon as Stripe takes the shopper to the return page. `wallet`: what its sheet said, if it was one. */
async function pay(wallet) {
  reveal('problem', false)
  if (!emailIsGood()) return
  work()
  if (free) return await clientSecret()
  const checked = await elements.submit()
  // Stripe marks its fields and takes the focus to the first wrong one: it stays there.
  if (checked.error) return fail(wordsFor(checked.error), checked.error.type === 'validation_error')
  const seen = settings.amount
  const waits = []
  document.dispatchEvent(new CustomEvent('paying', { detail: { waits, wallet } }))
  const refused = (await Promise.all(waits)).find(Boolean)
  if (refused) return fail(refused)
  // What it came to meanwhile is on the button now: the shopper sees it before paying it.
  if (settings.amount !== seen) return fail(texts.total_changed)
  const secret = await clientSecret()
  if (!secret) return
  const { error } = await stripe.confirmPayment({
    elements,
    clientSecret: secret,
    confirmParams: {
      return_url: new URL(urls.return, location.href).href,
      ...(wallet?.shippingAddress && { shipping: shippingOf(wallet.shippingAddress) }),
      payment_method_data: { billing_details: { email: email.value.trim() } },
    },
  })
  // Without an error Stripe is already taking the shopper to the return page.
  if (!error) return true
  if (!['processing', 'succeeded'].includes(error.payment_intent?.status)) return fail(wordsFor(error))
  location.assign(urls.return)
  return true
}

/** Asks our server to make or find the PaymentIntent; says what is wrong and answers nothing if it will not. */
async function clientSecret() {
  let answer
  try {
    answer = await fetch(urls.pay, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ email: email.value.trim() }),
      signal: AbortSignal.timeout(patience.answer),
    })
  } catch {
    return fail(texts.network)
  }
  const body = await answer.json().catch(() => ({}))
  if (answer.ok && free) return location.assign(urls.return)
  if (answer.ok && body.client_secret) {
    if (body.amount === settings.amount) return body.client_secret
    // Another tab has changed the price: the shopper sees it before paying it.
    return location.reload()
  }
  const refusal = pricing[String(body.type).split(':').at(-1)]
  if (refusal) return fail(refusal)
  // Paid, expired or cancelled elsewhere: the page itself knows how to say that.
  if ([404, 409, 410].includes(answer.status)) return location.reload()
  if (body.errors?.some(error => error.pointer?.includes('email'))) {
    rest()
    return sayAtEmail(texts.email_wrong)
  }
  if (answer.status === 429) {
    fail(texts.too_many)
    return pause(Number(answer.headers.get('retry-after')))
  }
  fail(answer.status >= 500 ? texts.ours : (body.detail ?? body.title ?? texts.unclear))
}

function wordsFor(error) {
  if (error.type === 'validation_error') return texts.details
  const known = declines[error.decline_code] ?? declines[error.code]
  return known ?? (error.type === 'card_error' ? texts.declined : texts.unclear)
}

function emailIsGood() {
  const missing = email.validity.valueMissing
  const good = email.validity.valid && /.@.+\../.test(email.value)
  sayAtEmail(good ? '' : missing ? texts.email_missing : texts.email_wrong)
  return good
}

function sayAtEmail(text) {
  const error = byId('email-error')
  error.querySelector('[data-text]').textContent = text
  error.hidden = !text
  if (text) email.setAttribute('aria-invalid', 'true')
  else email.removeAttribute('aria-invalid')
  if (text) email.focus()
}

/** Too many tries: the button counts down until the next one is worth it. */
function pause(seconds) {
  const end = Date.now() + Math.min(seconds || 60, 3600) * 1000
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000)
    if (left <= 0) return rest()
    label.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
    setTimeout(tick, 500)
  }
  working = true
  button.setAttribute('aria-disabled', 'true')
  tick()
}

function work() {
  working = true
  button.setAttribute('aria-disabled', 'true')
  label.textContent = texts.working
  announce(texts.working)
}

function rest() {
  working = false
  button.removeAttribute('aria-disabled')
  label.textContent = payLabel
  announce('')
}

function fail(text, quietly = false) {
  rest()
  byId('problem').querySelector('[data-text]').textContent = text
  reveal('problem', true, quietly)
}

function reveal(id, shown, quietly = false) {
  const box = byId(id).firstElementChild
  box.hidden = !shown
  if (shown && !quietly) box.focus()
}

function announce(text) {
  byId('progress').textContent = text
}

/** Stripe draws in a frame of its own, which our style sheets do not reach: it is told our tokens. */
function appearance() {
  const styles = getComputedStyle(document.documentElement)
  const token = name => styles.getPropertyValue(`--${name}`).trim()
  return {
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'stripe',
    variables: {
      colorPrimary: token('link'),
      colorBackground: token('ground'),
      colorText: token('text'),
      colorTextSecondary: token('muted'),
      colorDanger: token('bad'),
      borderRadius: token('radius-md'),
      fontFamily: token('font'),
      fontSizeBase: '16px',
      spacingUnit: '4px',
    },
    rules: {
      '.Input': { border: `1px solid ${token('edge')}`, boxShadow: 'none' },
      '.Label': { fontSize: '14px', fontWeight: token('medium') },
    },
  }
}
