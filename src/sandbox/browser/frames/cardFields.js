import { brandOf, digitsOf, expiryProblem, numberProblem, parseExpiry, spaced } from './card.js'
import { createField, h } from './field.js'

const formatExpiry = (text, deleting) => {
  const { month, year } = parseExpiry(text)
  if (month.length < 2) return month
  return year || !deleting ? `${month} / ${year}` : month
}

/** Number, expiry date and security code, with the names Stripe's own inputs have. */
export function createCardFields(words, onChange) {
  const number = createField({
    name: 'number',
    label: words.number,
    words,
    hint: '1234 1234 1234 1234',
    inputmode: 'numeric',
    autocomplete: 'billing cc-number',
    format: text => spaced(digitsOf(text)),
    problem: text => numberProblem(digitsOf(text)),
    onChange(field) {
      const { name, length } = brandOf(digitsOf(field.input.value))
      field.aside.textContent = name
      // A complete number that cannot be right is said at once, not when the shopper has moved on.
      if (digitsOf(field.input.value).length === length) field.check()
      onChange()
    },
  })
  const expiry = createField({
    name: 'expiry',
    label: words.expiry,
    words,
    hint: words.expiryHint,
    inputmode: 'numeric',
    autocomplete: 'billing cc-exp',
    format: formatExpiry,
    problem: text => expiryProblem(text),
    onChange,
  })
  const cvcLength = () => brandOf(digitsOf(number.value())).cvc
  const cvc = createField({
    name: 'cvc',
    label: words.cvc,
    words,
    hint: words.cvcHint,
    inputmode: 'numeric',
    autocomplete: 'billing cc-csc',
    format: text => digitsOf(text).slice(0, cvcLength()),
    problem: text => (digitsOf(text).length < cvcLength() ? 'incomplete_cvc' : null),
    onChange,
  })
  return {
    fields: [number, expiry, cvc],
    box: h('div', { class: 'Grid' }, number.box, expiry.box, cvc.box),
    params() {
      const { month, year } = parseExpiry(expiry.value())
      return {
        number: digitsOf(number.value()),
        exp_month: Number(month),
        exp_year: 2000 + Number(year),
        cvc: cvc.value(),
      }
    },
    brand: () => brandOf(digitsOf(number.value())),
  }
}
