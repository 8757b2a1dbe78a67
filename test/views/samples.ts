import { portalSamples } from './portal-samples.ts'
import { pricingSamples } from './pricing-samples.ts'
import { stripeSamples } from './stripe-samples.ts'
import { vendorSamples } from './vendor-samples.ts'

export interface Sample {
  name: string
  template: string
  model: Record<string, unknown>
}

const picture = (color: string) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48" fill="${color}"/><circle cx="24" cy="24" r="12" fill="#fff" fill-opacity=".7"/></svg>`)}`

const store = { id: '0192f0c1-0000-7000-8000-000000000001', name: 'Blue Bottle Books' }
const branded = { ...store, name: 'Fjord & Fern', logo_url: picture('#0f4c3a'), color: '#0f4c3a' }

const lines = [
  {
    name: 'The Left Hand of Darkness',
    quantity: 1,
    unit: '€12.00',
    total: '€12.00',
    image_url: picture('#c96f4a'),
  },
  {
    name: 'Notebook, dotted, A5',
    quantity: 2,
    unit: '€6.50',
    total: '€13.00',
    image_url: picture('#4a7bc9'),
  },
  { name: 'Gift wrap', quantity: 1, unit: '€2.00', total: '€2.00' },
]
const totals = { subtotal: '€27.00', discount: '−€2.70', shipping: '€4.90', total: '€29.20' }
const long =
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft 👩🏽‍🚀 "Limited" Edition, with a name that goes on and on'

const session = { token: 'tok', expires_at: '2026-11-22T18:05:00Z', mode: 'test' }
const urls = {
  pay: '/checkout/tok/pay',
  status: '/checkout/tok/status',
  return: '/checkout/tok/return',
  self: '/checkout/tok',
}
const stripe = {
  js_url: 'http://127.0.0.1:1/stripe.js',
  publishable_key: 'pk_test_51ALICE000000000Public',
  amount: 2920,
  currency: 'eur',
  locale: 'en',
}
export const pay = {
  title: 'Pay Blue Bottle Books',
  session,
  store,
  lines,
  ...totals,
  pay_label: 'Pay €29.20',
  cancel_url: 'https://shop.example/cart',
  failure: null,
  declines: { generic_decline: 'The payment was declined.' },
  stripe,
  urls,
}

const permissions = [
  { name: 'payment_intents', label: 'PaymentIntents', granted: true },
  { name: 'refunds', label: 'Charges and Refunds', granted: true },
  {
    name: 'webhook_endpoints',
    label: 'Webhook Endpoints',
    granted: false,
    without: 'you set up the webhook by hand.',
  },
  { name: 'disputes', label: 'Disputes', granted: false, without: 'disputes are not shown here.' },
]
const form = {
  title: 'Connect Blue Bottle Books to Stripe',
  store,
  return_url: 'https://shop.example/settings',
  ct: 'ct_secret',
  values: {},
  errors: [],
  webhook: { shared_url: 'https://pay.owntill.example/webhook/stripe' },
}
const connected = {
  title: 'Connected',
  store,
  mode: 'test',
  account_id: 'acct_1ALICE000000000',
  account_name: 'Blue Bottle Books Ltd',
  key_kind: 'restricted',
  permissions: permissions.map(permission => ({ ...permission, granted: true })),
  webhook: 'unproven',
}
const receipt = {
  title: 'Receipt K7QF-2MXP',
  store: branded,
  mode: 'test',
  confirmation_code: 'K7QF-2MXP',
  paid_at: '2026-11-21T18:05:00Z',
  lines,
  ...totals,
  email: 'ada@example.com',
  success_url: 'https://shop.example/thanks',
  status: 'paid',
}

const nothing = '€0.00'
const free = {
  title: 'Your order from Blue Bottle Books',
  free: true,
  lines: [{ name: 'Bookmark', quantity: 2, unit: nothing, total: nothing }],
  subtotal: null,
  discount: null,
  shipping: null,
  total: nothing,
}

/** Every page in each of its states. */
export const samples: Sample[] = [
  { name: 'pay', template: 'checkout/pay', model: pay },
  {
    name: 'pay-branded',
    template: 'checkout/pay',
    model: { ...pay, store: branded, customer_email: 'ada@example.com' },
  },
  {
    name: 'pay-failed',
    template: 'checkout/pay',
    model: { ...pay, failure: 'The payment was not confirmed with your bank. Please try again.' },
  },
  {
    name: 'pay-bright',
    template: 'checkout/pay',
    model: { ...pay, store: { ...branded, color: '#ffd23f' }, session: { ...session, mode: 'live' } },
  },
  {
    name: 'pay-pricing',
    template: 'checkout/pay',
    model: {
      ...pay,
      pricing: { discounts: true, address: { mode: 'shipping' } },
      discount_code: null,
      tax: '€1.20',
      held: { at: '2026-03-01T14:35:00.000Z', text: '2:35 PM UTC' },
    },
  },
  {
    name: 'pay-discount',
    template: 'checkout/pay',
    model: {
      ...pay,
      store: branded,
      pricing: { discounts: true, address: { mode: 'billing' } },
      discount_code: 'SPRING15',
      tax_included: '€4.66',
    },
  },
  {
    name: 'pay-free',
    template: 'checkout/pay',
    model: { ...pay, ...free, pay_label: 'Complete order', stripe: { ...stripe, amount: 0 } },
  },
  {
    name: 'pay-long',
    template: 'checkout/pay',
    model: {
      ...pay,
      store: { ...store, name: long },
      lines: [{ name: long, quantity: 12000, unit: 'CHF 99,999.90', total: 'CHF 1,199,998,800.00' }],
      subtotal: undefined,
      discount: undefined,
      shipping: undefined,
      total: 'CHF 1,199,998,800.00',
      pay_label: 'Pay CHF 1,199,998,800.00',
    },
  },
  {
    name: 'waiting',
    template: 'checkout/waiting',
    model: { title: 'Waiting', store, mode: 'test', urls, status: 'pending' },
  },
  {
    name: 'processing',
    template: 'checkout/waiting',
    model: { title: 'Waiting', store, mode: 'live', urls, status: 'processing' },
  },
  { name: 'receipt', template: 'checkout/receipt', model: receipt },
  {
    name: 'receipt-free',
    template: 'checkout/receipt',
    model: { ...receipt, ...free, payment_method: null },
  },
  {
    name: 'receipt-refunded',
    template: 'checkout/receipt',
    model: {
      ...receipt,
      store,
      status: 'partially_refunded',
      refunded: '−€6.50',
      success_url: undefined,
      mode: 'live',
    },
  },
  ...['expired', 'cancelled', 'unavailable'].map(kind => ({
    name: `closed-${kind}`,
    template: 'checkout/closed',
    model: { title: 'Closed', kind, store, cancel_url: 'https://shop.example/cart' },
  })),
  {
    name: 'demo-shop',
    template: 'demo/shop',
    model: {
      title: 'Fern & Kettle: demo shop',
      store: { id: store.id, name: 'Fern & Kettle' },
      look: 'first',
      products: [
        { id: 'mug', name: 'Stoneware mug, speckled', price: '€18.00', image_url: picture('#6f8b82') },
        {
          id: 'gift',
          name: long,
          price: '€99,999.90',
          image_url: null,
          choice: 'Size',
          variants: [
            { id: 's', label: 'Small', sold_out: true },
            { id: 'l', label: `${long}: €99,999.99`, sold_out: false },
          ],
        },
      ],
      other: { href: '/demo/shop?store=2', name: 'Second Store' },
      widget_url: '/assets/widget.js',
    },
  },
  { name: 'connect', template: 'connect/form', model: form },
  {
    name: 'connect-errors',
    template: 'connect/form',
    model: {
      ...form,
      values: { publishable_key: 'pk_live_51ALICE000000000Public' },
      errors: [
        { field: 'publishable_key', detail: 'One key is for test mode, the other for live mode.' },
        { field: 'webhook_secret', detail: 'This is the id of the endpoint. Its secret begins with whsec_.' },
      ],
    },
  },
  {
    name: 'connect-problem',
    template: 'connect/form',
    model: {
      ...form,
      values: { publishable_key: 'pk_test_51ALICE000000000Public' },
      problem: {
        title: 'Invalid API key',
        detail: 'Stripe does not know this secret key. It may have been revoked.',
      },
      errors: [{ field: 'secret_key', detail: 'Stripe refused this key.' }],
    },
  },
  { name: 'connected', template: 'connect/success', model: connected },
  {
    name: 'connected-missing',
    template: 'connect/success',
    model: {
      ...connected,
      key_kind: 'secret',
      key_note:
        'This is an unrestricted secret key. A restricted key is safer: it can do only what a checkout needs.',
      webhook: 'missing',
      webhook_url: 'https://pay.owntill.example/webhook/stripe',
      permissions,
    },
  },
  {
    name: 'link',
    template: 'connect/link',
    model: {
      title: 'Link not valid',
      heading: 'This link does not work any more',
      text: 'It has been used, has expired or is incomplete. Please ask for a new one where you got it.',
    },
  },
  ...portalSamples,
  ...stripeSamples,
  ...pricingSamples,
  ...vendorSamples,
  ...[404, 409, 422, 429, 500, 503].map(status => ({
    name: `error-${status}`,
    template: 'error',
    model: {
      title: 'Error',
      status,
      heading: 'This page does not exist',
      text: 'The address may be incomplete, or the page is gone.',
      next: { href: '/', label: 'Back to the shop' },
    },
  })),
]
