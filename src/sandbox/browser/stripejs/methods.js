// As the sandbox's automatic payment methods: a bank redirect exists in euros only, debits in two currencies.
const automatic = { eur: ['card', 'ideal', 'sepa_debit'], usd: ['card', 'us_bank_account'] }

/** Payment method types a Payment Element offers for a currency, less what the merchant leaves out. */
export function methodsFor({ currency, allowedPaymentMethodTypes, excludedPaymentMethodTypes = [] }) {
  const drawable = automatic[currency] ?? ['card']
  return drawable.filter(
    type =>
      (allowedPaymentMethodTypes ?? drawable).includes(type) && !excludedPaymentMethodTypes.includes(type),
  )
}
