import { ibanProblem } from './card.js'
import { createField, h } from './field.js'

const groupsOfFour = text =>
  text
    .replace(/[^a-z0-9]/gi, '')
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, '$1 ')

/** The shopper's name, where a bank wants it. */
export function createNameField(words, defaults, onChange) {
  const field = createField({
    name: 'name',
    label: words.name,
    words,
    autocomplete: 'billing name',
    problem: text => (text ? null : 'incomplete_name'),
    onChange,
  })
  field.input.value = defaults?.name ?? ''
  return field
}

/** The shopper's e-mail address. */
export function createEmailField(words, defaults, onChange) {
  const field = createField({
    name: 'email',
    label: words.email,
    words,
    type: 'email',
    inputmode: 'email',
    autocomplete: 'email',
    problem: text => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? null : 'incomplete_email'),
    onChange,
  })
  field.input.value = defaults?.email ?? ''
  return field
}

/** A bank that authorises on its own page: only the name is asked here. */
export function createRedirectFields(words, defaults, onChange) {
  const name = createNameField(words, defaults, onChange)
  return {
    fields: [name],
    box: h('div', {}, name.box, h('p', { class: 'TermsText' }, words.idealNext)),
    billing: () => ({ name: name.value() }),
    params: () => ({}),
  }
}

/** A direct debit: account number, name and address for the mandate, and the mandate's text. */
export function createDebitFields(words, defaults, onChange) {
  const iban = createField({
    name: 'iban',
    label: words.iban,
    words,
    hint: 'DE00 0000 0000 0000 0000 00',
    autocomplete: 'off',
    format: groupsOfFour,
    problem: ibanProblem,
    onChange,
  })
  const name = createNameField(words, defaults, onChange)
  const email = createEmailField(words, defaults, onChange)
  return {
    fields: [iban, name, email],
    box: h('div', {}, iban.box, name.box, email.box, h('p', { class: 'TermsText' }, words.sepaTerms)),
    billing: () => ({ name: name.value(), email: email.value() }),
    params: () => ({ iban: iban.value().replace(/\s/g, '') }),
  }
}

/** A debit from an account in the United States: the bank, the account and who holds it. */
export function createAchFields(words, defaults, onChange) {
  const digits = (name, length, problem) =>
    createField({
      name,
      label: words[name],
      words,
      inputmode: 'numeric',
      autocomplete: 'off',
      format: text => text.replace(/\D/g, ''),
      problem: text => (text.length < length ? problem : null),
      onChange,
    })
  const routing = digits('routingNumber', 9, 'incomplete_routing_number')
  const account = digits('accountNumber', 4, 'incomplete_account_number')
  const name = createNameField(words, defaults, onChange)
  const email = createEmailField(words, defaults, onChange)
  const fields = [routing, account, name, email]
  return {
    fields,
    box: h('div', {}, ...fields.map(field => field.box), h('p', { class: 'TermsText' }, words.achTerms)),
    billing: () => ({ name: name.value(), email: email.value() }),
    params: () => ({
      account_holder_type: 'individual',
      account_number: account.value(),
      routing_number: routing.value(),
    }),
  }
}
