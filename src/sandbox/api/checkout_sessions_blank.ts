import type Stripe from 'stripe'
import { now } from '../engine/ids.ts'
import { mergeMetadata } from '../engine/metadata.ts'
import type { Context } from '../engine/world.ts'

type Params = Stripe.Checkout.SessionCreateParams
type Session = Stripe.Checkout.Session

/** How long a session may stay open: seconds. */
export const aDay = 24 * 3600

/** A session as it is before anything of it is reckoned: what was said, and nothing of the rest. */
export const blankSession = (context: Context, params: Params) =>
  ({
    object: 'checkout.session',
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    automatic_tax: {
      enabled: params.automatic_tax?.enabled ?? false,
      liability: params.automatic_tax?.enabled ? { type: 'self' } : null,
      provider: params.automatic_tax?.enabled ? 'stripe' : null,
      status: params.automatic_tax?.enabled ? 'requires_location_inputs' : null,
    },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now(),
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation: params.customer_creation ?? 'if_required',
    customer_details: params.customer_email ? payer(params.customer_email, null) : null,
    customer_email: params.customer_email ?? null,
    expires_at: params.expires_at ?? now() + aDay,
    integration_identifier: params.integration_identifier ?? null,
    invoice: null,
    invoice_creation: null,
    livemode: context.books.livemode,
    locale: params.locale ?? null,
    managed_payments: { enabled: false },
    metadata: mergeMetadata(null, params.metadata),
    mode: 'payment',
    origin_context: params.origin_context ?? null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: (params.shipping_address_collection ??
      null) as Session['shipping_address_collection'],
    shipping_options: [],
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url ?? null,
    ui_mode: 'hosted_page',
    wallet_options: null,
  }) satisfies Partial<Session>

/** Who pays, as a session shows it. */
export const payer = (
  email: string | null,
  name: string | null,
  address: Stripe.Address | null = null,
): Stripe.Checkout.Session.CustomerDetails => ({
  address,
  business_name: null,
  email,
  individual_name: null,
  name,
  phone: null,
  tax_exempt: 'none',
  tax_ids: [],
})
