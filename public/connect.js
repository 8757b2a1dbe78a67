// The connect form: names obvious mix-ups before anything is sent, and says that it is working.
const byId = id => document.getElementById(id)
const texts = JSON.parse(byId('connect-texts').textContent)
const form = byId('connect-form')
const button = byId('connect-button')
const label = button.querySelector('[data-label]')
const submit = label.textContent
const fields = ['publishable_key', 'secret_key', 'webhook_secret'].map(byId)

/** What a value that begins like this means in a field, as a key of the texts. */
const mixups = {
  publishable_key: [
    [/^[sr]k_/, 'secret_in_publishable'],
    [/^whsec_/, 'signing'],
    [/^we_/, 'endpoint'],
  ],
  secret_key: [
    [/^pk_/, 'publishable_in_secret'],
    [/^whsec_/, 'signing'],
    [/^we_/, 'endpoint'],
  ],
  webhook_secret: [
    [/^[prs]k_/, 'key_in_webhook'],
    [/^we_/, 'endpoint'],
  ],
}

for (const field of fields) field.addEventListener('input', () => say(field, mixupIn(field)))

form.addEventListener('submit', event => {
  if (button.getAttribute('aria-disabled') === 'true') return event.preventDefault()
  for (const field of fields) say(field, mixupIn(field))
  const wrong = fields.find(field => field.getAttribute('aria-invalid') && mixupIn(field))
  if (!wrong) return work(true)
  event.preventDefault()
  wrong.closest('details')?.setAttribute('open', '')
  wrong.focus()
})
addEventListener('pageshow', () => work(false))

function mixupIn(field) {
  const value = field.value.trim()
  const found = mixups[field.id].find(([pattern]) => pattern.test(value))
  if (found) return texts[found[1]]
  if (field.id === 'secret_key' && otherMode(value, fields[0].value.trim())) return texts.modes
}

function otherMode(secret, publishable) {
  const modes = [secret, publishable].map(key => /^[prs]k_(test|live)_/.exec(key)?.[1])
  return modes[0] && modes[1] && modes[0] !== modes[1]
}

function say(field, text) {
  const error = byId(`${field.id}-error`)
  error.querySelector('[data-text]').textContent = text ?? ''
  error.hidden = !text
  if (text) field.setAttribute('aria-invalid', 'true')
  else field.removeAttribute('aria-invalid')
}

function work(working) {
  if (working) button.setAttribute('aria-disabled', 'true')
  else button.removeAttribute('aria-disabled')
  label.textContent = working ? texts.working : submit
  byId('progress').textContent = working ? texts.working : ''
}
