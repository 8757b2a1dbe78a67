import type Stripe from 'stripe'

/** What every payment of these tests has in common. */
export const terms = { currency: 'usd', automatic_payment_methods: { enabled: true } }
export const return_url = 'https://shop.example/done'

/** Types a card number and pays 19.99 USD with it. */
export async function pay(
  stripe: Stripe,
  number: string,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
) {
  const card = { number, exp_month: 12, exp_year: 2040, cvc: '123' }
  const method = await stripe.paymentMethods.create({ type: 'card', card })
  return stripe.paymentIntents.create({
    ...terms,
    amount: 1999,
    payment_method: method.id,
    confirm: true,
    return_url,
    ...more,
  })
}

/** What happened in the account so far, oldest first. */
export const typesOf = async (stripe: Stripe) =>
  (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type).reverse()
