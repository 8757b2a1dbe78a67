// What changes the price on the pay page: a discount code here, where it goes in address.js. The server reckons; this
// shows what it answers, and tells checkout.js with a `priced` event.
const byId = id => document.getElementById(id)
const { urls, texts, pricing } = JSON.parse(byId('checkout-data').textContent)

const PATIENCE = 30_000

// One after the other: the server's last word is the one that is shown.
let queue = Promise.resolve()

/** Asks the server for a new price; answers undefined when there is one, else what to say. */
export function ask(url, method, body) {
  const answer = queue.then(() => send(url, method, body))
  const over = () => undefined
  queue = answer.then(over, over)
  return answer
}

/** When nothing is on its way any more. */
export const settled = () => queue

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
