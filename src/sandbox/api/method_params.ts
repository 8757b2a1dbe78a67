import type Stripe from 'stripe'
import { metadata } from '../engine/metadata.ts'
import {
  anything,
  clearable,
  flag,
  form,
  int,
  listOf,
  one,
  type Rule,
  readParams,
  type Table,
  text,
} from '../engine/params.ts'
import { invalid } from '../engine/refusal.ts'
import type { MethodData } from '../payments/method_details.ts'

/** The parameters that carry a payment method's details, one for each type that Stripe knows. */
type DetailName = Exclude<
  keyof Stripe.PaymentMethodCreateParams,
  | 'allow_redisplay'
  | 'billing_details'
  | 'customer'
  | 'expand'
  | 'metadata'
  | 'payment_method'
  | 'radar_options'
  | 'type'
>

const optionalAddress: Rule<Stripe.AddressParam> = form<Stripe.AddressParam>({
  city: clearable(text()),
  country: clearable(text()),
  line1: clearable(text()),
  line2: clearable(text()),
  postal_code: clearable(text()),
  state: clearable(text()),
})

export const billingDetails = form<Stripe.PaymentMethodCreateParams.BillingDetails>({
  address: clearable(optionalAddress),
  email: clearable(text(512)),
  name: clearable(text()),
  phone: clearable(text(50)),
  tax_id: clearable(text()),
})

const card: Rule<Stripe.PaymentMethodCreateParams.Card> = form<Stripe.PaymentMethodCreateParams.Card>({
  cvc: text(),
  exp_month: int(),
  exp_year: int(),
  networks: anything,
  number: text(),
  token: text(),
})

const bank = form<Stripe.PaymentMethodCreateParams.UsBankAccount>({
  account_holder_type: one('company', 'individual'),
  account_number: text(),
  account_type: one('checking', 'savings'),
  financial_connections_account: text(),
  routing_number: text(),
})

/** Every type's details; those that the sandbox does not act on are taken as they come. */
export const details: Table<Pick<Stripe.PaymentMethodCreateParams, DetailName>> = {
  acss_debit: anything,
  affirm: anything,
  afterpay_clearpay: anything,
  alipay: anything,
  alma: anything,
  amazon_pay: anything,
  au_becs_debit: anything,
  bacs_debit: anything,
  bancontact: anything,
  billie: anything,
  bizum: anything,
  blik: anything,
  boleto: anything,
  card,
  cashapp: anything,
  crypto: anything,
  custom: anything,
  customer_balance: anything,
  eps: anything,
  fpx: anything,
  giropay: anything,
  grabpay: anything,
  ideal: anything,
  interac_present: anything,
  kakao_pay: anything,
  klarna: anything,
  konbini: anything,
  kr_card: anything,
  link: anything,
  mb_way: anything,
  mobilepay: anything,
  multibanco: anything,
  naver_pay: anything,
  nz_bank_account: anything,
  oxxo: anything,
  p24: anything,
  pay_by_bank: anything,
  payco: anything,
  paynow: anything,
  paypal: anything,
  paypay: anything,
  payto: anything,
  pix: anything,
  promptpay: anything,
  revolut_pay: anything,
  samsung_pay: anything,
  satispay: anything,
  scalapay: anything,
  sepa_debit: form<Stripe.PaymentMethodCreateParams.SepaDebit>({ iban: { ...text(), must: true } }),
  sequra: anything,
  sofort: anything,
  sunbit: anything,
  swish: anything,
  twint: anything,
  upi: anything,
  us_bank_account: bank,
  wechat_pay: anything,
  zip: anything,
}

// Not in the SDK's types, for only browsers hold a raw card: what an intent's payment_method_data may bring.
const dataTable = {
  ...details,
  allow_redisplay: one('always', 'limited', 'unspecified'),
  billing_details: billingDetails,
  metadata,
  radar_options: anything,
  type: { ...text(), must: true },
} as unknown as Table<MethodData>

/** `payment_method_data` of an intent or a confirmation token. */
export const methodData: Rule<never> = {
  read(value, name) {
    if (!value || typeof value !== 'object') throw invalid('Invalid object', { param: name })
    return readParams(dataTable, value as Record<string, unknown>, name) as never
  },
}

/** What Stripe.js sends along, and secret keys may leave out: the proof that the browser was given this intent. */
export const fromBrowser = {
  client_secret: text(),
  guid: text(),
  muid: text(),
  sid: text(),
  payment_user_agent: text(),
  pasted_fields: text(),
  referrer: text(),
  time_on_page: text(),
  client_attribution_metadata: anything,
  expected_payment_method_type: text(),
  key: text(),
}

export const offSession: Rule<never> = {
  read: (value, name) =>
    (value === 'one_off' || value === 'recurring' ? value : flag.read(value, name)) as never,
}
export const words: Rule<string[]> = listOf(text(100))
