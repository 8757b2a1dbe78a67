import { asksPostalCode, countries, likelyCountry } from './countries.js'
import { createField, h } from './field.js'

const hidden = (fields, name) =>
  fields === 'never' || fields?.address === 'never' || fields?.address?.[name] === 'never'

/**
 * Country and, where card issuers check it, the postal code. What the merchant hides (`fields.billingDetails`)
 * the merchant has to send: `missing()` names it.
 */
export function createBillingFields(words, { fields, defaults }, onChange) {
  const country = createField({
    name: 'country',
    label: words.country,
    words,
    autocomplete: 'billing country',
    options: countries().map(([code, name]) => h('option', { value: code }, name)),
    onChange: () => {
      adapt()
      onChange()
    },
  })
  country.input.value = likelyCountry(defaults?.address?.country)
  const postalCode = createField({
    name: 'postalCode',
    label: words.postalCode,
    words,
    autocomplete: 'billing postal-code',
    problem: text => (text.length < 3 ? 'incomplete_zip' : null),
    onChange,
  })
  postalCode.input.value = defaults?.address?.postal_code ?? ''
  const adapt = () => {
    const us = country.input.value === 'US'
    postalCode.box.querySelector('label').textContent = us ? words.zip : words.postalCode
    if (us) postalCode.input.setAttribute('inputmode', 'numeric')
    else postalCode.input.removeAttribute('inputmode')
    postalCode.box.hidden = hidden(fields, 'postalCode') || !asksPostalCode(country.input.value)
    country.box.classList.toggle('Field--wide', postalCode.box.hidden)
  }
  country.box.hidden = hidden(fields, 'country')
  adapt()

  return {
    fields: [country, postalCode],
    box: h('div', { class: 'Grid' }, country.box, postalCode.box),
    value: () => ({
      country: country.box.hidden ? null : country.value(),
      postalCode: postalCode.box.hidden ? null : postalCode.value(),
    }),
    missing(sent) {
      if (country.box.hidden && !sent?.country) {
        return 'You specified "never" for fields.billing_details.address.country, but did not pass its value.'
      }
      return null
    },
  }
}
