import type Stripe from 'stripe'
import { int, must, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { type Call, operation, type Resource } from '../engine/resource.ts'
import { confirm } from '../payments/confirming.ts'
import { methodNamed } from '../payments/methods.ts'
import { intentOf } from './checkout_sessions_life.ts'
import { CheckoutSessions } from './checkout_sessions_opened.ts'

/**
 * The hosted page of a Checkout Session as its own script at Stripe speaks to the API. No reference describes it; the
 * official CLI pays sessions through it (`stripe trigger checkout.session.completed`).
 */
export const paymentPages: Resource = {
  operations: [
    operation<{ key?: string }>({
      method: 'GET',
      path: '/v1/payment_pages/:id',
      needs: 'checkout_session.read',
      publishable: () => undefined,
      params: { key: text() },
      run: call => pageOf(call, call.books.need(CheckoutSessions, call.path.id!)),
    }),
    operation<{ payment_method: string; expected_amount: number; key?: string }>({
      method: 'POST',
      path: '/v1/payment_pages/:id/confirm',
      needs: 'checkout_session.write',
      publishable: () => undefined,
      params: { payment_method: must(text()), expected_amount: must(int(0)), key: text() },
      run(call) {
        const { payment_method, expected_amount } = call.params
        const session = call.books.need(CheckoutSessions, call.path.id!)
        if (session.status !== 'open') throw invalid(`This Checkout Session is ${session.status}.`)
        if (session.amount_total !== expected_amount) {
          throw invalid(`The amount to pay is ${session.amount_total}, not ${expected_amount}.`, {
            param: 'expected_amount',
          })
        }
        const method = methodNamed(call, payment_method)
        const intent = intentOf(call, session, method.billing_details.email)
        confirm(call, intent, method, { return_url: `${call.base}/console/checkout/${session.id}/return` })
        return pageOf(call, session)
      },
    }),
  ],
}

const pageOf = (call: Call<unknown>, session: Stripe.Checkout.Session) => ({
  id: session.id.replace(/^cs/, 'ppage'),
  object: 'checkout.session',
  amount_total: session.amount_total,
  currency: session.currency,
  livemode: call.books.livemode,
  payment_intent: session.payment_intent,
  payment_method_types: session.payment_method_types,
  payment_status: session.payment_status,
  session_id: session.id,
  status: session.status,
})
