import type Stripe from 'stripe'
import { collection } from '../engine/books.ts'
import { newId, now } from '../engine/ids.ts'
import type { Context } from '../engine/world.ts'
import { cardNames, type Scenario } from './cards.ts'
import { detailsOf, fullAddress, type MethodData } from './method_details.ts'

/** Payment methods; beside each how it will behave. */
export const PaymentMethods = collection<Stripe.PaymentMethod, Scenario>({
  url: '/v1/payment_methods',
  noun: 'PaymentMethod',
  prefix: 'pm_',
})

/** Makes a payment method. A card that cannot be is refused as a bank refuses it (402). */
export function newMethod(context: Context, data: MethodData): Stripe.PaymentMethod {
  const { books } = context
  const { details, scenario } = detailsOf(data)
  const billing = data.billing_details
  return books.of(PaymentMethods).put(
    {
      id: newId('pm_1'),
      object: 'payment_method',
      allow_redisplay: data.allow_redisplay ?? 'unspecified',
      billing_details: {
        address: fullAddress(billing?.address),
        email: billing?.email || null,
        name: billing?.name || null,
        phone: billing?.phone || null,
        tax_id: billing?.tax_id || null,
      },
      created: now(),
      customer: null,
      customer_account: null,
      livemode: books.livemode,
      metadata: data.metadata || {},
      type: data.type,
      ...details,
    },
    scenario,
  )
}

/** `pm_card_visa` and its like stand for a new payment method each time they are used. */
export function methodNamed(context: Context, id: string, param = 'payment_method'): Stripe.PaymentMethod {
  const name = /^pm_card_(\w+)$/.exec(id)?.[1]
  if (name && cardNames[name]) return newMethod(context, { type: 'card', card: { token: `tok_${name}` } })
  if (id === 'pm_usBankAccount_success') return newBank(context, '000123456789')
  if (id === 'pm_usBankAccount_accountClosed') return newBank(context, '000111111116')
  if (id === 'pm_usBankAccount_insufficientFunds') return newBank(context, '000222222227')
  if (id === 'pm_usBankAccount_processing') return newBank(context, '000000000009')
  return context.books.need(PaymentMethods, id, param)
}

const newBank = (context: Context, account_number: string) =>
  newMethod(context, {
    type: 'us_bank_account',
    us_bank_account: { account_number, routing_number: '110000000' },
    billing_details: { name: 'Jenny Rosen' },
  })
