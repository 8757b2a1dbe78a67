import type { Sample } from '../sample-store.ts'
import { stripeObjects } from '../stripe-samples.ts'
import { at, frame, id, long } from './frame.ts'
import { orders } from './orders.ts'

const orderPage = {
  split: {
    vendors: [
      {
        id: 'pottery',
        name: 'Harbour Pottery',
        amount: '€20.00',
        commission: '€2.00',
        badge: { text: 'To be paid by hand', tone: 'warn' },
      },
    ],
    platform: '€28.90',
  },
  title: 'Order',
  ...frame,
  section: 'orders',
  order: orders[2],
  troubles: [
    {
      heading: '€18.00 was not taken back from Harbour Pottery',
      why: 'There is too little money in the vendor’s Stripe account.',
      next: long,
    },
  ],
  refunded: '€6.00',
  can_refund: true,
  can_resend: true,
  stripe_objects: stripeObjects,
  lines: [
    { name: 'Stoneware mug', quantity: 2, unit: '€18.00', total: '€36.00' },
    { name: long, quantity: 1, unit: '€12.90', total: '€12.90' },
  ],
  sums: [
    { name: 'Subtotal', amount: '€48.90' },
    { name: 'Discount (SPRING)', amount: '-€6.00' },
  ],
  refunds: [
    {
      amount: '€6.00',
      badge: { text: 'succeeded', tone: 'good' },
      why: 'requested by customer',
      stripe_refund: 're_3ALICE',
      at,
    },
  ],
  disputes: [
    {
      id: 'dp_1ALICE',
      tone: 'bad',
      heading: 'Disputed: €48.90, needs response',
      reason: 'product not received',
      funds: 'taken from your Stripe balance',
      due_by: at,
      url: 'https://dashboard.stripe.com/test/disputes/dp_1ALICE',
    },
  ],
  reference: 'ORDER-2026-1',
  payment: {
    id: 'pi_3ALICE0000000000000001',
    url: 'https://dashboard.stripe.com/test/payments/pi_3ALICE0000000000000001',
  },
  metadata: [['shelf', 'B7']],
  failure: 'insufficient funds',
  timeline: [
    { at, text: 'Checkout opened', source: '' },
    { at, text: 'Paid', source: 'reported by Stripe (webhook)', event_id: 'evt_3ALICE' },
  ],
}

const refund = {
  policies: [
    { policy: 'return', text: 'Your commission is given back in proportion' },
    { policy: 'keep', text: 'The vendor bears it, as long as its share lasts' },
  ],
  commission: 'The vendor bears it, as long as its share lasts',
  title: 'Refund',
  ...frame,
  section: 'orders',
  order: { id, code: 'K7QX-2M9P', currency: 'EUR' },
  paid: '€48.90',
  left: '€42.90',
  nothing_left: false,
  reasons: [
    { reason: '', text: 'No reason' },
    { reason: 'duplicate', text: 'It was paid twice' },
  ],
  token: id,
}

/** One order, and giving its money back. */
export const orderSamples: Sample[] = [
  { name: 'order', template: 'portal/order', model: orderPage },
  {
    name: 'order-plain',
    template: 'portal/order',
    model: {
      ...orderPage,
      order: orders[0],
      refunded: undefined,
      sums: [],
      refunds: [],
      disputes: [],
      can_refund: false,
      can_resend: false,
      payment: null,
    },
  },
  {
    name: 'refund',
    template: 'portal/refund',
    model: { ...refund, values: { amount: '42.90' }, errors: {} },
  },
  {
    name: 'refund-wrong',
    template: 'portal/refund',
    model: {
      ...refund,
      values: { amount: 'all', reason: 'duplicate' },
      errors: { amount: 'Write the amount as a number.' },
    },
  },
  {
    name: 'refund-nothing',
    template: 'portal/refund',
    model: { ...refund, left: '€0.00', nothing_left: true, values: {}, errors: {} },
  },
  {
    name: 'refund-sure',
    template: 'portal/refund-sure',
    model: {
      ...refund,
      order: { ...refund.order, mode: 'live', customer: 'ada@example.com' },
      money: '€10.00',
      total: '€48.90',
      whole: false,
      why: 'The shopper asked for it',
      fields: { amount: '10.00', reason: 'requested_by_customer', token: id, confirmed: 'yes' },
    },
  },
]
