import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'

/** How the tiny merchant's page is to be shown. */
export interface Shop {
  amount?: number
  currency?: string
  /** What the server charges, if it is not what the page shows. */
  charged?: number
  redirect?: 'always' | 'if_required'
  theme?: 'stripe' | 'night'
  locale?: string
  layout?: string
  elements?: string
}

export interface Merchant {
  url(shop?: Shop): string
  close(): Promise<void>
}

const script = `
const shop = JSON.parse(document.body.dataset.shop)
const stripe = Stripe(shop.key)
const elements = stripe.elements({
  mode: 'payment', amount: shop.amount, currency: shop.currency, locale: shop.locale,
  appearance: { theme: shop.theme, variables: { borderRadius: '10px' } },
})
window.seen = []
for (const type of shop.elements.split(' ')) {
  const options = { payment: { layout: shop.layout }, address: { mode: 'shipping' } }[type]
  const element = elements.create(type, options)
  for (const event of ['ready', 'change', 'focus', 'blur', 'loaderror', 'cancel']) {
    element.on(event, detail => seen.push([type, event, detail]))
  }
  if (type === 'expressCheckout') element.on('confirm', () => pay())
  element.mount('#' + type)
}
window.elements = elements
window.stripe = stripe
async function pay() {
  document.querySelector('#result').textContent = ''
  const checked = await elements.submit()
  if (checked.error) return show(checked)
  const { client_secret } = await (await fetch('/intent' + location.search, { method: 'POST' })).json()
  show(await stripe.confirmPayment({
    elements, clientSecret: client_secret, redirect: shop.redirect,
    confirmParams: { return_url: location.origin + '/return' },
  }))
}
function show(result) {
  window.result = result
  document.querySelector('#result').textContent = result.error ? result.error.message : result.paymentIntent.status
}
document.querySelector('form').addEventListener('submit', event => { event.preventDefault(); pay() })
`
const style = `
body { margin: 0 auto; max-width: 520px; padding: 24px 16px; font: 16px system-ui; background: #fff; color: #222; display: grid; gap: 16px }
body.night { background: #15171c; color: #eee }
form { display: grid; gap: 16px }
button { min-height: 48px; border: 0; border-radius: 10px; background: #0b62d6; color: #fff; font: inherit; font-weight: 600 }
`

/** A merchant's page on an origin of its own, under the CSP that a payment page should have. */
export async function openMerchant(stripe: Stripe, sandbox: string, key: string): Promise<Merchant> {
  const policy =
    `default-src 'none'; script-src 'self' ${sandbox}; frame-src ${sandbox}; connect-src 'self' ${sandbox}; ` +
    "style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
  const server: Server = createServer(async (request, answer) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const shop = shopOf(url)
    const send = (type: string, body: string) =>
      answer.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body)
    if (url.pathname === '/shop.js') return send('text/javascript', script)
    if (url.pathname === '/shop.css') return send('text/css', style)
    if (url.pathname === '/return')
      return send('text/html', '<!doctype html><title>Returned</title><h1>Returned</h1>')
    if (url.pathname === '/intent') {
      const { client_secret } = await stripe.paymentIntents.create({
        amount: shop.charged ?? shop.amount,
        currency: shop.currency,
        automatic_payment_methods: { enabled: true },
      })
      return send('application/json', JSON.stringify({ client_secret }))
    }
    const data = JSON.stringify({ ...shop, key }).replaceAll('"', '&quot;')
    send(
      'text/html; charset=utf-8',
      `<!doctype html><html lang="en"><head><title>Shop</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/shop.css"></head><body class="${shop.theme}" data-shop="${data}"><main><h1>Shop</h1><form>
${shop.elements
  .split(' ')
  .map(type => `<div id="${type}"></div>`)
  .join('')}
<button id="pay">Pay</button><p id="result" role="status"></p></form></main>
<script src="${sandbox}/stripe.js"></script><script src="/shop.js"></script></body></html>`,
    )
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    // Another site than the sandbox's 127.0.0.1, so that its frames are cross-site as Stripe's are.
    url: (shop = {}) => `http://localhost:${port}/?shop=${encodeURIComponent(JSON.stringify(shop))}`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

function shopOf(url: URL) {
  const given = JSON.parse(url.searchParams.get('shop') ?? '{}') as Shop
  return {
    amount: 1999,
    currency: 'eur',
    redirect: 'if_required',
    theme: 'stripe',
    elements: 'payment',
    ...given,
  }
}
