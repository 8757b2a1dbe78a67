import { applyAppearance } from './appearance.js'
import { createEmailField } from './bankFields.js'
import { listen, reportSize, tell } from './channel.js'
import { wordsFor } from './words.js'

// The linkAuthentication Element: the e-mail address, without Link itself.
const main = document.querySelector('main')
let words = null
let field = null

const announce = () => {
  const email = field.value()
  tell('change', { empty: email === '', complete: field.problem() === null, value: { email } })
}

function draw({ locale, appearance, backdrop, options }) {
  words = wordsFor(locale)
  applyAppearance(appearance, backdrop)
  const typed = field?.value()
  field = createEmailField(words, { email: typed ?? options.defaultValues?.email }, announce)
  main.replaceChildren(field.box)
}

listen({
  init(shown) {
    draw(shown)
    reportSize(document.body)
    tell('ready')
    announce()
  },
  update: shown => shown.credentials && draw(shown),
  value: () => ({ complete: field.problem() === null, value: { email: field.value() } }),
  submit() {
    const code = field.check()
    if (!code) return {}
    field.input.focus()
    return { error: { type: 'validation_error', code, message: words[code] } }
  },
  focus: () => field.input.focus(),
  blur: () => field.input.blur(),
  clear: () => {
    field.input.value = ''
  },
})
