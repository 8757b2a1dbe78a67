import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { emit } from '../engine/events.ts'
import { newId, now, random } from '../engine/ids.ts'
import { mergeMetadata, metadata } from '../engine/metadata.ts'
import {
  address,
  anything,
  clearable,
  expand,
  form,
  int,
  listOf,
  must,
  one,
  paging,
  type Rule,
  range,
  text,
} from '../engine/params.ts'
import { deleting, listing, operation, type Resource, retrieving } from '../engine/resource.ts'
import { fullAddress } from '../payments/method_details.ts'
import { methodNamed } from '../payments/methods.ts'

export const Customers = collection<Stripe.Customer>({
  url: '/v1/customers',
  noun: 'customer',
  prefix: 'cus_',
  optional: ['cash_balance', 'sources', 'subscriptions', 'tax', 'tax_ids'],
})

const shipping = form<Stripe.CustomerCreateParams.Shipping>({
  address: must(address),
  name: must(text()),
  phone: clearable(text()),
})

/** What a customer can be given at creation and later alike. */
const shared = {
  address: clearable(address),
  balance: int(),
  business_name: clearable(text()),
  cash_balance: anything,
  description: clearable(text()) as Rule<string>,
  email: clearable(text(512)) as Rule<string>,
  expand,
  individual_name: clearable(text()),
  invoice_prefix: text(),
  invoice_settings: anything,
  metadata,
  name: clearable(text(256)) as Rule<string>,
  next_invoice_sequence: int(1),
  phone: clearable(text(20)) as Rule<string>,
  preferred_locales: listOf(text()),
  shipping: clearable(shipping),
  source: text(),
  tax: anything,
  tax_exempt: clearable(one('exempt', 'none', 'reverse')),
  validate: anything,
}

function apply(customer: Stripe.Customer, params: Stripe.CustomerUpdateParams): void {
  for (const name of ['description', 'email', 'name', 'phone'] as const) {
    if (params[name] !== undefined) customer[name] = params[name] || null
  }
  if (params.address !== undefined) customer.address = params.address ? fullAddress(params.address) : null
  if (params.shipping !== undefined) {
    const { shipping } = params
    customer.shipping = shipping
      ? { address: fullAddress(shipping.address), name: shipping.name, phone: shipping.phone || null }
      : null
  }
  if (params.balance !== undefined) customer.balance = params.balance
  if (params.preferred_locales) customer.preferred_locales = params.preferred_locales
  if (params.tax_exempt !== undefined) customer.tax_exempt = params.tax_exempt || 'none'
  customer.invoice_settings = {
    ...customer.invoice_settings,
    ...(params.invoice_settings as object | undefined),
  }
  customer.metadata = mergeMetadata(customer.metadata, params.metadata)
}

export const customers: Resource = {
  operations: [
    operation<Stripe.CustomerCreateParams>({
      method: 'POST',
      path: Customers.url,
      needs: 'customer.write',
      params: { ...shared, payment_method: text(), tax_id_data: anything, test_clock: text() },
      run(call) {
        const { params } = call
        const method = params.payment_method ? methodNamed(call, params.payment_method) : undefined
        const customer: Stripe.Customer = {
          id: newId('cus_', 14),
          object: 'customer',
          address: null,
          balance: 0,
          created: now(),
          currency: null,
          customer_account: null,
          default_source: null,
          delinquent: false,
          description: null,
          discount: null,
          email: null,
          invoice_prefix: params.invoice_prefix ?? random(8).toUpperCase(),
          invoice_settings: {
            custom_fields: null,
            default_payment_method: null,
            footer: null,
            rendering_options: null,
          },
          livemode: call.books.livemode,
          metadata: {},
          name: null,
          next_invoice_sequence: params.next_invoice_sequence ?? 1,
          phone: null,
          preferred_locales: [],
          shipping: null,
          tax_exempt: 'none',
          test_clock: null,
        }
        apply(customer, params as Stripe.CustomerUpdateParams)
        call.books.of(Customers).put(customer)
        emit(call, 'customer.created', customer)
        if (method) {
          method.customer = customer.id
          emit(call, 'payment_method.attached', method)
        }
        return customer
      },
    }),
    retrieving(Customers, 'customer.read'),
    operation<Stripe.CustomerUpdateParams>({
      method: 'POST',
      path: `${Customers.url}/:id`,
      needs: 'customer.write',
      params: { ...shared, default_source: text() },
      run(call) {
        const customer = call.books.need(Customers, call.path.id!)
        const before = { ...customer }
        apply(customer, call.params)
        emit(call, 'customer.updated', customer, before)
        return customer
      },
    }),
    deleting(Customers, 'customer.write', (call, customer) => emit(call, 'customer.deleted', customer)),
    listing<Stripe.CustomerListParams, Stripe.Customer>(
      Customers,
      'customer.read',
      { ...paging, created: range, email: text(), expand, test_clock: text() },
      (customer, { email }) => !email || customer.email === email,
    ),
  ],
}
