import type Stripe from 'stripe'
import { emit } from '../engine/events.ts'
import { metadata } from '../engine/metadata.ts'
import { anything, expand, one, paging, text } from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import { listing, operation, type Resource, retrieving, updating } from '../engine/resource.ts'
import type { Scenario } from '../payments/cards.ts'
import { fullAddress, type MethodData } from '../payments/method_details.ts'
import { methodNamed, newMethod, PaymentMethods } from '../payments/methods.ts'
import { Customers } from './customers.ts'
import { billingDetails, details, fromBrowser } from './method_params.ts'

const url = PaymentMethods.url
const allowRedisplay = one('always', 'limited', 'unspecified')

export const paymentMethods: Resource = {
  operations: [
    operation<Stripe.PaymentMethodCreateParams>({
      method: 'POST',
      path: url,
      needs: 'payment_method.write',
      publishable: () => undefined,
      params: {
        ...details,
        allow_redisplay: allowRedisplay,
        billing_details: billingDetails,
        customer: text(),
        expand,
        metadata,
        payment_method: text(),
        radar_options: anything,
        type: text(),
      },
      extra: fromBrowser,
      run(call) {
        const { params } = call
        if (!params.type) {
          throw invalid('Missing required param: type.', { code: 'parameter_missing', param: 'type' })
        }
        return newMethod(call, params as MethodData)
      },
    }),
    retrieving(PaymentMethods, 'payment_method.read'),
    updating<Stripe.PaymentMethodUpdateParams, Stripe.PaymentMethod, Scenario>(
      PaymentMethods,
      'payment_method.write',
      'payment_method.updated',
      {
        allow_redisplay: allowRedisplay,
        billing_details: billingDetails,
        card: anything,
        expand,
        metadata,
        us_bank_account: anything,
      },
      (method, { billing_details: billing, allow_redisplay }) => {
        if (billing) {
          method.billing_details = {
            ...method.billing_details,
            ...(billing as Partial<Stripe.PaymentMethod.BillingDetails>),
            address:
              billing.address === undefined
                ? method.billing_details.address
                : fullAddress(billing.address || ''),
          }
        }
        if (allow_redisplay) method.allow_redisplay = allow_redisplay
      },
    ),
    operation<Stripe.PaymentMethodAttachParams>({
      method: 'POST',
      path: `${url}/:id/attach`,
      needs: 'payment_method.write',
      params: { customer: text(), customer_account: text(), expand },
      run(call) {
        const method = methodNamed(call, call.path.id!, 'id')
        const customer = call.books.need(Customers, call.params.customer ?? '', 'customer')
        method.customer = customer.id
        emit(call, 'payment_method.attached', method)
        return method
      },
    }),
    operation<Stripe.PaymentMethodDetachParams>({
      method: 'POST',
      path: `${url}/:id/detach`,
      needs: 'payment_method.write',
      params: { expand },
      run(call) {
        const method = call.books.need(PaymentMethods, call.path.id!)
        if (!method.customer) {
          throw invalid(
            'The payment method you provided is not attached to a customer so detachment is impossible.',
          )
        }
        const before = { ...method }
        method.customer = null
        emit(call, 'payment_method.detached', method, before)
        return method
      },
    }),
    listing<Stripe.PaymentMethodListParams, Stripe.PaymentMethod, object>(
      PaymentMethods,
      'payment_method.read',
      {
        ...paging,
        allow_redisplay: allowRedisplay,
        customer: text(),
        customer_account: text(),
        expand,
        type: text(),
      },
      (method, params) =>
        method.customer !== null &&
        (!params.customer || method.customer === params.customer) &&
        (!params.type || method.type === params.type),
    ),
  ],
}
