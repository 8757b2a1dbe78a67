// The hosted checkout pays as any merchant's page would: with the sandbox's own Stripe.js.
const form = document.querySelector('#checkout')
const { session, key, amount, currency, methods, locale, countries, tax } = form.dataset
const button = form.querySelector('#pay')
const error = form.querySelector('#error')
const dark = matchMedia('(prefers-color-scheme: dark)').matches

const stripe = window.Stripe(key, { locale })
const elements = stripe.elements({
  mode: 'payment',
  amount: Number(amount),
  currency,
  allowedPaymentMethodTypes: methods.split(' '),
  appearance: {
    theme: dark ? 'night' : 'stripe',
    variables: { colorPrimary: dark ? '#a3a6ff' : '#3a3fd4', borderRadius: '8px' },
  },
})
let shown = Number(amount)
let place = {}
if (countries || tax) {
  const mode = countries ? 'shipping' : 'billing'
  const address = elements.create('address', {
    mode,
    ...(countries && { allowedCountries: countries.split(' ') }),
  })
  address.on('change', ({ value }) => {
    const { country, state, postal_code } = value.address
    place = { country, state: state ?? '', postal_code: postal_code ?? '' }
  })
  address.mount('#address')
}
const payment = elements.create('payment')
payment.on('ready', () => {
  button.disabled = false
})
payment.mount('#payment')

async function pay() {
  const checked = await elements.submit()
  if (checked.error) return checked.error
  const body = new URLSearchParams(new FormData(form))
  for (const [name, value] of Object.entries(place)) body.set(name, value)
  const answer = await fetch(`/console/checkout/${session}/pay`, { method: 'POST', body })
  const said = await answer.json()
  if (answer.status === 400) return { message: said.error }
  if (!answer.ok) return { message: 'This checkout can no longer be paid.' }
  const { client_secret } = said
  if (said.amount !== shown) {
    shown = said.amount
    elements.update({ amount: shown })
    button.textContent = `Pay ${said.total}`
    return { message: `With tax the total is ${said.total}. Press the button again to pay it.` }
  }
  const result = await stripe.confirmPayment({
    elements,
    clientSecret: client_secret,
    confirmParams: { return_url: `${location.origin}/console/checkout/${session}/return` },
  })
  return result.error
}

form.addEventListener('submit', async event => {
  event.preventDefault()
  button.disabled = true
  error.textContent = ''
  const problem = await pay()
  error.textContent = problem?.message ?? ''
  button.disabled = false
})
