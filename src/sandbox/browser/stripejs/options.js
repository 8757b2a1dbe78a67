import { insist } from './errors.js'

/** What elements() and elements.update() know, by the names of @stripe/stripe-js. */
export const elementsOptions = [
  'fonts',
  'locale',
  'appearance',
  'loader',
  'customerOptions',
  'customerSessionClientSecret',
  'customPaymentMethods',
  'syncAddressCheckbox',
  'paymentMethodCreation',
  'setupFutureUsage',
  'setup_future_usage',
  'captureMethod',
  'capture_method',
  'onBehalfOf',
  'on_behalf_of',
  'excludedPaymentMethodTypes',
  'allowedPaymentMethodTypes',
  'paymentMethodConfiguration',
  'payment_method_configuration',
  'paymentMethodOptions',
  'payment_method_options',
  'externalPaymentMethodTypes',
  'adaptivePricing',
  'mode',
  'amount',
  'currency',
]

/** Elements without a PaymentIntent say themselves what will be paid: minor units and an ISO code. */
export function checkDeferred(options) {
  insist(['payment', 'setup', 'subscription'].includes(options.mode), 'Invalid value for elements(): mode.')
  insist(options.mode === 'payment', 'The sandbox takes elements() with mode: "payment" only.')
  insist(
    Number.isSafeInteger(options.amount) && options.amount >= 0,
    'Invalid value for elements(): amount should be a whole number of the smallest currency unit.',
  )
  insist(
    /^[a-z]{3}$/.test(options.currency ?? ''),
    'Invalid value for elements(): currency should be a three-letter lower-case ISO code.',
  )
}
