import { branded, long, picture, type Sample, store } from './sample-store.ts'

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

/** The pages of a checkout in each of their states. */
export const checkoutSamples: Sample[] = [
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
    model: { ...receipt, ...free },
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
]
