import { createHmac } from 'node:crypto'
import { render } from './connection.ts'
import type { Payable, Shop } from './shops.ts'

let made = 0

/** A new `payment_intent.succeeded` for an order of the shop, as Stripe prints it: about 3 KB. */
export function succeeded(shop: Shop, order: Payable): string {
  const id = `evt_3Bench${process.pid}x${String(++made).padStart(12, '0')}`
  const created = Math.floor(Date.now() / 1_000)
  const intent = {
    id: order.payment_intent,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: order.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: order.amount,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${order.payment_intent}_secret_Xb0Xq3mGJvQk2aSd8fLp1nRtY`,
    confirmation_method: 'automatic',
    created: created - 40,
    currency: 'eur',
    customer: null,
    customer_account: null,
    description: `${shop.name} ${order.confirmation_code}`,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: order.payment_intent.replace('pi_', 'ch_'),
    livemode: false,
    managed_payments: { enabled: false },
    metadata: {
      store_id: shop.id,
      order_id: order.id,
      session_id: order.id,
      confirmation_code: order.confirmation_code,
    },
    next_action: null,
    on_behalf_of: null,
    payment_method: order.payment_intent.replace('pi_', 'pm_'),
    payment_method_configuration_details: { id: 'pmc_1BenchPaymentMethods0001', parent: null },
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: 'automatic',
      },
    },
    payment_method_types: ['card', 'ideal', 'sepa_debit'],
    payment_record: null,
    processing: null,
    receipt_email: 'shopper@example.com',
    review: null,
    setup_future_usage: null,
    shipping: {
      address: {
        city: 'Hamburg',
        country: 'DE',
        line1: 'Example street 12',
        line2: null,
        postal_code: '20095',
        state: null,
      },
      carrier: null,
      name: 'Robin Example',
      phone: '+49 40 0000000',
      tracking_number: null,
    },
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  }
  return JSON.stringify(
    {
      id,
      object: 'event',
      api_version: '2026-10-28.endive',
      created,
      data: { object: intent },
      livemode: false,
      pending_webhooks: 1,
      request: { id: 'req_Bench0000000001', idempotency_key: order.id },
      type: 'payment_intent.succeeded',
    },
    null,
    2,
  )
}

/** The same event, without anything by which we could know whose it is. */
export function foreign(body: string): string {
  const event = JSON.parse(body)
  event.data.object = { ...event.data.object, id: `pi_3Foreign${++made}`, metadata: {} }
  return JSON.stringify(event, null, 2)
}

/** A delivery of the event, signed now. */
export function delivery(path: string, body: string, secret: string): Buffer {
  const timestamp = Math.floor(Date.now() / 1_000)
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return render('POST', path, { 'stripe-signature': `t=${timestamp},v1=${signature}` }, body)
}
