import { request } from '../shared/api.js'
import { applyAppearance } from './appearance.js'
import { listen, reportSize, tell } from './channel.js'
import { createMethodForm } from './methodForms.js'
import { createPicker } from './picker.js'
import { wordsFor } from './words.js'

const main = document.querySelector('main')
let shown = null
let words = null
let forms = {}
let picker = null

function draw(next) {
  shown = next
  words = wordsFor(next.locale)
  applyAppearance(next.appearance, next.backdrop)
  const { fields, defaultValues, layout = 'auto' } = next.options
  const options = { fields: fields?.billingDetails, defaults: defaultValues?.billingDetails }
  forms = Object.fromEntries(
    next.methods.map(method => [method, createMethodForm(method, words, options, announce)]),
  )
  picker = createPicker({ words, layout, methods: next.methods, forms, onPick: announce })
  main.replaceChildren(picker.box)
  if (next.options.readOnly) for (const input of main.querySelectorAll('input, select')) input.disabled = true
}

const current = () => forms[picker.picked()]
let lastBrand = 'unknown'

function announce() {
  const form = current()
  const checked = form?.fields.filter(field => !field.input.matches('select')) ?? []
  const brand = form?.brand?.().brand ?? 'unknown'
  if (brand !== lastBrand) {
    lastBrand = brand
    const details = { brands: brand === 'unknown' ? null : [brand], funding: null }
    tell('carddetailschange', { loading: false, details })
  }
  tell('change', {
    empty: checked.every(field => field.value() === ''),
    complete: form?.fields.every(field => field.problem() === null) ?? false,
    collapsed: form === undefined,
    value: {
      type: picker.picked() ?? '',
      ...(form?.shownAddress ? { billingDetails: { address: form.shownAddress() } } : {}),
    },
  })
}

// Every field shows what is wrong with it, the first one gets the focus and names the error.
function submit() {
  const form = current()
  if (!form) return { error: problem('incomplete_payment_method') }
  const wrong = form.fields.filter(field => field.check() !== null)
  if (wrong.length === 0) return { selectedPaymentMethod: picker.picked() }
  wrong[0].input.focus()
  return { error: problem(wrong[0].problem()) }
}

const problem = code => ({ type: 'validation_error', code, message: words[code] })

async function createPaymentMethod({ billing_details = {}, allow_redisplay, metadata }) {
  const type = picker.picked()
  const form = current()
  const missing = form.missing?.(billing_details)
  if (missing) return { missing }
  const typed = form.billing()
  const { object, error } = await request(location.origin, shown.credentials, 'POST', '/v1/payment_methods', {
    type,
    [type]: form.params(),
    billing_details: {
      ...shown.options.defaultValues?.billingDetails,
      ...typed,
      ...billing_details,
      address: {
        ...shown.options.defaultValues?.billingDetails?.address,
        ...typed.address,
        ...billing_details.address,
      },
    },
    allow_redisplay,
    metadata,
  })
  if (error) return { error }
  return { paymentMethod: { id: object.id, type } }
}

listen({
  init(first) {
    draw(first)
    reportSize(document.body)
    tell('ready')
    announce()
  },
  update(changes) {
    // elements.update() sends all again; element.update() sends the element's own options only.
    const all = changes.credentials ? changes : { ...shown, options: { ...shown.options, ...changes } }
    const samePicture =
      all.locale === shown.locale &&
      String(all.methods) === String(shown.methods) &&
      JSON.stringify(all.options) === JSON.stringify(shown.options)
    if (!samePicture) return draw(all)
    shown = all
    applyAppearance(all.appearance, all.backdrop)
  },
  submit,
  create_payment_method: createPaymentMethod,
  focus: () => picker.focus(),
  blur: () => document.activeElement?.blur(),
  clear: () => draw(shown),
  collapse: () => {
    picker.collapse()
    announce()
  },
})
