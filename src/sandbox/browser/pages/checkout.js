// The hosted checkout pays as any merchant's page would: with the sandbox's own Stripe.js.
const form = document.querySelector('#checkout')
const { session, key, amount, currency, methods, locale, countries } = form.dataset
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
if (countries) {
  elements.create('address', { mode: 'shipping', allowedCountries: countries.split(' ') }).mount('#address')
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
  const answer = await fetch(`/console/checkout/${session}/pay`, { method: 'POST', body })
  if (!answer.ok) return { message: 'This checkout can no longer be paid.' }
  const { client_secret } = await answer.json()
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
