import type Stripe from 'stripe'
import { metadata } from '../engine/metadata.ts'
import {
  address,
  anything,
  clearable,
  expand,
  flag,
  form,
  int,
  listOf,
  must,
  one,
  type Rule,
  type Table,
  text,
} from '../engine/params.ts'
import type { Legacy } from '../engine/resource.ts'
import { methodData, offSession, words } from './method_params.ts'

const captureMethod = one('automatic', 'automatic_async', 'manual')
const futureUsage = one('off_session', 'on_session')

export const shipping = form<Stripe.PaymentIntentCreateParams.Shipping>({
  address: must(address),
  carrier: text(),
  name: must(text()),
  phone: clearable(text()),
  tracking_number: text(),
})

const automaticMethods = form<Stripe.PaymentIntentCreateParams.AutomaticPaymentMethods>({
  allow_redirects: one('always', 'never'),
  enabled: must(flag),
})

export const creating: Table<Stripe.PaymentIntentCreateParams> = {
  amount: must(int(1)),
  currency: must(text(3)),
  allowed_payment_method_types: words,
  amount_details: anything,
  application_fee_amount: int(0),
  automatic_payment_methods: automaticMethods,
  capture_method: captureMethod,
  confirm: flag,
  confirmation_method: one('automatic', 'manual'),
  confirmation_token: text(),
  customer: text(),
  customer_account: text(),
  description: clearable(text(1000)),
  error_on_requires_action: flag,
  excluded_payment_method_types: words,
  expand,
  hooks: anything,
  mandate: text(),
  mandate_data: anything,
  metadata,
  off_session: offSession,
  on_behalf_of: text(),
  payment_details: anything,
  payment_method: text(),
  payment_method_configuration: text(),
  payment_method_data: methodData,
  payment_method_options: anything,
  radar_options: anything,
  receipt_email: clearable(text()),
  return_url: text(),
  setup_future_usage: futureUsage,
  shipping,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: form<Stripe.PaymentIntentCreateParams.TransferData>({
    amount: int(1),
    description: text(),
    destination: must(text()),
    metadata,
    payment_data: anything,
  }),
  transfer_group: text(),
  use_stripe_sdk: flag,
}

export const updating: Table<Stripe.PaymentIntentUpdateParams> = {
  allowed_payment_method_types: words,
  amount: int(1),
  amount_details: anything,
  application_fee_amount: clearable(int(0)),
  capture_method: captureMethod,
  currency: text(3),
  customer: text(),
  customer_account: text(),
  description: clearable(text(1000)),
  excluded_payment_method_types: clearable(words),
  expand,
  hooks: anything,
  metadata,
  payment_details: anything,
  payment_method: text(),
  payment_method_configuration: text(),
  payment_method_data: methodData,
  payment_method_options: anything,
  receipt_email: clearable(text()),
  setup_future_usage: clearable(futureUsage),
  shipping: clearable(shipping),
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: form<Stripe.PaymentIntentUpdateParams.TransferData>({
    amount: int(1),
    description: anything,
    metadata,
    payment_data: anything,
  }),
  transfer_group: text(),
}

export const confirming: Table<Stripe.PaymentIntentConfirmParams> = {
  allowed_payment_method_types: words,
  amount_details: anything,
  amount_to_confirm: int(1),
  capture_method: captureMethod,
  confirmation_token: text(),
  error_on_requires_action: flag,
  excluded_payment_method_types: clearable(words),
  expand,
  hooks: anything,
  mandate: text(),
  mandate_data: anything,
  off_session: offSession,
  payment_details: anything,
  payment_method: text(),
  payment_method_data: methodData,
  payment_method_options: anything,
  radar_options: anything,
  receipt_email: clearable(text()),
  return_url: text(),
  setup_future_usage: clearable(futureUsage),
  shipping: clearable(shipping),
  use_stripe_sdk: flag,
}

export const capturing: Table<Stripe.PaymentIntentCaptureParams> = {
  amount_details: anything,
  amount_to_capture: int(1),
  application_fee_amount: int(0),
  expand,
  final_capture: flag,
  hooks: anything,
  metadata,
  payment_details: anything,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: anything,
}

/** Endive removed it: https://docs.stripe.com/changelog */
export const legacyTypes: Record<string, Legacy> = {
  payment_method_types: { rule: listOf(text()) as Rule<unknown>, removed: '2026-09-30' },
}
