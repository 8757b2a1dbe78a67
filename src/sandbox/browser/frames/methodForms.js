import { createAchFields, createDebitFields, createRedirectFields } from './bankFields.js'
import { createBillingFields } from './billingFields.js'
import { createCardFields } from './cardFields.js'
import { h } from './field.js'

function createCardForm(words, { fields, defaults }, onChange) {
  const card = createCardFields(words, onChange)
  const billing = createBillingFields(words, { fields, defaults }, onChange)
  return {
    fields: [...card.fields, ...billing.fields],
    box: h('div', {}, card.box, billing.box),
    params: card.params,
    brand: card.brand,
    billing() {
      const { country, postalCode } = billing.value()
      return { address: { country, postal_code: postalCode } }
    },
    missing: sent => billing.missing(sent?.address),
    shownAddress: billing.value,
  }
}

const forms = {
  card: createCardForm,
  ideal: createRedirectFields,
  sepa_debit: createDebitFields,
  us_bank_account: createAchFields,
}

/** The form for a payment method type: its fields, its box to show and the parameters it makes. */
export const createMethodForm = (type, words, options, onChange) => forms[type](words, options, onChange)
