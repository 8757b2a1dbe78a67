import type Stripe from 'stripe'
import { metadata } from '../engine/metadata.ts'
import {
  anything,
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
import { invalid } from '../engine/refusal.ts'
import { priceData } from './catalog_params.ts'

type Params = Stripe.Checkout.SessionCreateParams
type Item = Stripe.Checkout.SessionCreateParams.LineItem
type Shipping = Stripe.Checkout.SessionCreateParams.ShippingOption

/** A web address; Checkout's own placeholder may stand in it. */
const address: Rule<string> = {
  read(value, name) {
    const url = text(5000).read(value, name)
    const plain = url.replaceAll('{CHECKOUT_SESSION_ID}', 'cs')
    if (!/^https?:\/\//.test(plain) || !URL.canParse(plain)) {
      throw invalid('Not a valid URL', { code: 'url_invalid', param: name })
    }
    return url
  },
}

const lineItem = form<Item>({
  adjustable_quantity: anything,
  metadata,
  price: text(),
  price_data: form<Stripe.Checkout.SessionCreateParams.LineItem.PriceData>({
    ...priceData,
    product: text(),
    product_data: form<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData>({
      description: text(40_000),
      images: listOf(text(2048), 8),
      metadata,
      name: must(text()),
      tax_code: text(),
      tax_details: anything,
      unit_label: text(12),
    }),
  }),
  quantity: int(1, 1_000_000),
  tax_rates: listOf(text(), 10),
})

const shippingOption = form<Shipping>({
  shipping_rate: text(),
  shipping_rate_data: form<Stripe.Checkout.SessionCreateParams.ShippingOption.ShippingRateData>({
    delivery_estimate: anything,
    display_name: must(text(100)),
    fixed_amount: form<Stripe.Checkout.SessionCreateParams.ShippingOption.ShippingRateData.FixedAmount>({
      amount: must(int(0)),
      currency: must(text(3)),
      currency_options: anything,
    }),
    metadata,
    tax_behavior: one('exclusive', 'inclusive', 'unspecified'),
    tax_code: text(),
    type: one('fixed_amount'),
  }),
})

const intentData = form<Stripe.Checkout.SessionCreateParams.PaymentIntentData>({
  application_fee_amount: int(1),
  capture_method: one('automatic', 'automatic_async', 'manual'),
  description: text(1000),
  metadata,
  on_behalf_of: text(),
  receipt_email: text(800),
  setup_future_usage: one('off_session', 'on_session'),
  shipping: anything,
  statement_descriptor: text(22),
  statement_descriptor_suffix: text(22),
  transfer_data: form<Stripe.Checkout.SessionCreateParams.PaymentIntentData.TransferData>({
    amount: int(1),
    destination: must(text()),
  }),
  transfer_group: text(),
})

/** What `POST /v1/checkout/sessions` takes. */
export const createParams: Table<Params> = {
  adaptive_pricing: anything,
  after_expiration: anything,
  allow_promotion_codes: flag,
  allowed_payment_method_types: listOf(text(), 100),
  automatic_tax: form<Stripe.Checkout.SessionCreateParams.AutomaticTax>({
    enabled: must(flag),
    liability: anything,
  }),
  billing_address_collection: one('auto', 'required'),
  branding_settings: anything,
  cancel_url: address,
  client_reference_id: text(200),
  consent_collection: anything,
  currency: text(3),
  custom_fields: anything,
  custom_text: anything,
  customer: text(),
  customer_account: text(),
  customer_creation: one('always', 'if_required'),
  customer_email: text(800),
  customer_update: anything,
  discounts: listOf(
    form<Stripe.Checkout.SessionCreateParams.Discount>({ coupon: text(), promotion_code: text() }),
    1,
  ),
  excluded_payment_method_types: listOf(text(), 100),
  expand,
  expires_at: int(0),
  integration_identifier: text(),
  invoice_creation: anything,
  line_items: listOf(lineItem, 100),
  locale: text(10),
  managed_payments: anything,
  metadata,
  mode: one('payment', 'setup', 'subscription'),
  name_collection: anything,
  optional_items: anything,
  origin_context: one('mobile_app', 'web'),
  payment_intent_data: intentData,
  payment_method_collection: one('always', 'if_required'),
  payment_method_configuration: text(),
  payment_method_data: anything,
  payment_method_options: anything,
  permissions: anything,
  phone_number_collection: form<Stripe.Checkout.SessionCreateParams.PhoneNumberCollection>({
    enabled: must(flag),
  }),
  redirect_on_completion: one('always', 'if_required', 'never'),
  return_url: address,
  saved_payment_method_options: anything,
  setup_intent_data: anything,
  shipping_address_collection: form<Stripe.Checkout.SessionCreateParams.ShippingAddressCollection>({
    allowed_countries: must(listOf(text(2), 300)),
  }),
  shipping_options: listOf(shippingOption, 5),
  submit_type: one('auto', 'book', 'donate', 'pay', 'subscribe'),
  subscription_data: anything,
  success_url: address,
  tax_id_collection: anything,
  ui_mode: text(),
  wallet_options: anything,
}

/** What an update takes; of it the sandbox acts upon the metadata. */
export const updateParams: Table<Stripe.Checkout.SessionUpdateParams> = {
  collected_information: anything,
  expand,
  line_items: anything,
  metadata,
  payment_intent_data: anything,
  shipping_options: anything,
}
