import { applyAppearance } from './appearance.js'
import { listen, reportSize, tell } from './channel.js'
import { countries, likelyCountry } from './countries.js'
import { createField, h } from './field.js'
import { wordsFor } from './words.js'

const main = document.querySelector('main')
let shown = null
let words = null
let fields = {}

const lines = {
  name: { autocomplete: 'name', required: true },
  line1: { autocomplete: 'address-line1', required: true },
  line2: { autocomplete: 'address-line2' },
  postalCode: { autocomplete: 'postal-code' },
  city: { autocomplete: 'address-level2', required: true },
  state: { autocomplete: 'address-level1' },
  phone: { autocomplete: 'tel', type: 'tel' },
}

function draw(next) {
  const before = shown ? value().value : next.options.defaultValues
  shown = next
  words = wordsFor(next.locale)
  applyAppearance(next.appearance, next.backdrop)
  const { mode, allowedCountries, fields: wanted } = next.options
  const make = name => {
    const { required, ...attributes } = lines[name]
    return createField({
      name,
      label: words[name],
      words,
      ...attributes,
      autocomplete: `${mode} ${attributes.autocomplete}`,
      problem: required ? text => (text ? null : 'incomplete_address') : undefined,
      onChange: announce,
    })
  }
  fields = Object.fromEntries(Object.keys(lines).map(name => [name, make(name)]))
  fields.phone.box.hidden = wanted?.phone !== 'always'
  fields.country = createField({
    name: 'country',
    label: words.country,
    words,
    autocomplete: `${mode} country`,
    options: countries(allowedCountries).map(([code, name]) => h('option', { value: code }, name)),
    onChange: announce,
  })
  fill(before)
  const { name, country, line1, line2, postalCode, city, state, phone } = fields
  main.replaceChildren(
    ...[name, country, line1, line2].map(field => field.box),
    h('div', { class: 'Grid' }, postalCode.box, city.box),
    state.box,
    phone.box,
  )
}

function fill(given) {
  const { name, phone, address = {} } = given ?? {}
  const values = {
    name,
    phone,
    postalCode: address.postal_code,
    ...address,
    country: likelyCountry(address.country),
  }
  for (const [key, field] of Object.entries(fields)) {
    if (values[key]) field.input.value = values[key]
  }
}

const text = name => fields[name].value()
const complete = () => Object.values(fields).every(field => field.problem() === null)

function value() {
  const address = {
    line1: text('line1'),
    line2: text('line2') || null,
    city: text('city'),
    state: text('state'),
    postal_code: text('postalCode'),
    country: text('country'),
  }
  const phone = fields.phone.box.hidden ? {} : { phone: text('phone') }
  const { mode } = shown.options
  return { mode, complete: complete(), isNewAddress: true, value: { name: text('name'), address, ...phone } }
}

function announce() {
  const { mode, isNewAddress, value: now, complete: done } = value()
  const empty = text('name') === '' && text('line1') === ''
  tell('change', { elementMode: mode, empty, complete: done, isNewAddress, value: now })
}

listen({
  init(first) {
    draw(first)
    reportSize(document.body)
    tell('ready')
    announce()
  },
  update: next => draw(next.credentials ? next : { ...shown, options: { ...shown.options, ...next } }),
  value,
  submit() {
    const wrong = Object.values(fields).filter(field => field.check() !== null)
    if (wrong.length === 0) return {}
    wrong[0].input.focus()
    const code = wrong[0].problem()
    return { error: { type: 'validation_error', code, message: words[code] } }
  },
  focus: () => fields.name.input.focus(),
  blur: () => document.activeElement?.blur(),
  clear() {
    for (const field of Object.values(fields)) if (field !== fields.country) field.input.value = ''
  },
})
