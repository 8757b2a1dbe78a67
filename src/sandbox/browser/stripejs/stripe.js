import { retrieveIntent } from './api.js'
import { createConfirmationToken, createPaymentMethod } from './collect.js'
import { confirmPayment, handleNextAction } from './confirm.js'
import { createElements } from './elements.js'
import { IntegrationError, insist, warnUnknown } from './errors.js'

/** `Stripe(publishableKey, options)`: works as a function and, as older pages call it, with `new`. */
function Stripe(key, options = {}) {
  insist(
    typeof key === 'string' && key !== '',
    'Missing value for Stripe(): apiKey should be a string. Please specify your live or test publishable key.',
  )
  insist(
    !/^(sk|rk)_/.test(key),
    'You should not use your secret key with Stripe.js. Please pass a publishable key instead.',
  )
  insist(/^pk_(test|live)_/.test(key), `Invalid value for Stripe(): apiKey (${key.slice(0, 8)}…).`)
  warnUnknown('Stripe()', options, ['locale', 'stripeAccount', 'apiVersion', 'betas', 'developerTools'])
  const stripe = {
    credentials: { key, stripeAccount: options.stripeAccount, apiVersion: options.apiVersion },
    locale: options.locale ?? 'auto',
  }
  const missing = name => () => {
    throw new IntegrationError(`stripe.${name}() is not part of the sandbox.`)
  }
  return {
    elements: (given = {}) => createElements(stripe, given),
    confirmPayment: given => confirmPayment(stripe, given),
    retrievePaymentIntent: clientSecret => retrieveIntent(stripe.credentials, clientSecret),
    handleNextAction: given => handleNextAction(stripe, given),
    createPaymentMethod: given => createPaymentMethod(stripe, given),
    createConfirmationToken: given => createConfirmationToken(stripe, given),
    confirmSetup: missing('confirmSetup'),
    confirmCardPayment: missing('confirmCardPayment'),
    redirectToCheckout: missing('redirectToCheckout'),
    initEmbeddedCheckout: missing('initEmbeddedCheckout'),
    registerAppInfo: () => undefined,
    _registerWrapper: () => undefined,
  }
}

// The release train that @stripe/stripe-js of the same year expects.
Stripe.version = 'endive'
window.Stripe = Stripe
