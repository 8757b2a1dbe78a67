import { ibanProblem } from './card.js'
import { createField, h } from './field.js'

const groupsOfFour = text =>
  text
    .replace(/[^a-z0-9]/gi, '')
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, '$1 ')

/** The shopper's name, where a bank wants it. */
function createNameField(words, defaults, onChange) {
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

const makers = { name: createNameField, email: createEmailField }

/**
 * Who pays, as far as a bank wants to know. What the merchant hides (`fields.billingDetails`) the merchant has to
 * send: `missing()` names it.
 */
function createContact(wanted, words, { fields, defaults }, onChange) {
  const contact = wanted.map(name => {
    const field = makers[name](words, defaults, onChange)
    field.box.hidden = fields === 'never' || fields?.[name] === 'never'
    return field
  })
  return {
    fields: contact,
    boxes: contact.map(field => field.box),
    billing: () =>
      Object.fromEntries(contact.filter(({ box }) => !box.hidden).map(field => [field.name, field.value()])),
    missing(sent) {
      const field = contact.find(({ box, name }) => box.hidden && !sent?.[name])
      if (!field) return null
      return `You specified "never" for fields.billing_details.${field.name}, but did not pass its value.`
    },
  }
}

/** A bank that authorises on its own page: only the name is asked here. */
export function createRedirectFields(words, options, onChange) {
  const { boxes, ...contact } = createContact(['name'], words, options, onChange)
  return {
    ...contact,
    box: h('div', {}, ...boxes, h('p', { class: 'TermsText' }, words.idealNext)),
    params: () => ({}),
  }
}

/** A direct debit: account number, name and address for the mandate, and the mandate's text. */
export function createDebitFields(words, options, onChange) {
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
  const { boxes, ...contact } = createContact(['name', 'email'], words, options, onChange)
  return {
    ...contact,
    fields: [iban, ...contact.fields],
    box: h('div', {}, iban.box, ...boxes, h('p', { class: 'TermsText' }, words.sepaTerms)),
    params: () => ({ iban: iban.value().replace(/\s/g, '') }),
  }
}

/** A debit from an account in the United States: the bank, the account and who holds it. */
export function createAchFields(words, options, onChange) {
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
  const { boxes, ...contact } = createContact(['name', 'email'], words, options, onChange)
  return {
    ...contact,
    fields: [routing, account, ...contact.fields],
    box: h('div', {}, routing.box, account.box, ...boxes, h('p', { class: 'TermsText' }, words.achTerms)),
    params: () => ({
      account_holder_type: 'individual',
      account_number: account.value(),
      routing_number: routing.value(),
    }),
  }
}
