/** `h('p', {class: 'x'}, 'text', child)`: an element; texts are never read as markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.filter(child => child !== null && child !== undefined))
  return element
}

/**
 * One labelled input with its error text. `problem(value)` names what is wrong by Stripe.js's code, or null;
 * `format(value)` rewrites what is typed. Errors appear when the field is left or the form is submitted.
 */
export function createField({ name, label, words, problem, format, onChange, options, hint, ...attributes }) {
  const id = `field-${name}`
  const input = options
    ? h('select', { id, name, class: 'Input', ...attributes }, ...options)
    : h('input', {
        id,
        name,
        class: 'Input',
        type: 'text',
        placeholder: hint,
        'aria-required': problem ? 'true' : undefined,
        ...attributes,
      })
  const error = h('p', { class: 'Error', id: `${id}-error`, role: 'alert' })
  const aside = h('span', { class: 'aside', 'aria-hidden': 'true' })
  const box = h(
    'div',
    { class: `Field Field-${name}` },
    h('label', { class: 'Label', for: id }, label),
    h('div', { class: 'Inputbox' }, input, aside),
    error,
  )

  const field = {
    name,
    box,
    input,
    aside,
    value: () => input.value.trim(),
    problem: () => (box.hidden ? null : (problem?.(input.value.trim()) ?? null)),
    /** Shows the problem, if there is one, and answers its code. */
    check() {
      const code = field.problem()
      error.textContent = code ? words[code] : ''
      input.classList.toggle('Input--invalid', code !== null)
      if (code) input.setAttribute('aria-invalid', 'true')
      else input.removeAttribute('aria-invalid')
      if (code) input.setAttribute('aria-describedby', error.id)
      else input.removeAttribute('aria-describedby')
      return code
    },
  }
  input.addEventListener('input', event => {
    if (format) reformat(input, format, event)
    if (input.hasAttribute('aria-invalid')) field.check()
    onChange(field)
  })
  input.addEventListener('blur', () => {
    if (input.value.trim() !== '') field.check()
  })
  return field
}

// Keeps the caret behind the same digit although blanks come and go.
function reformat(input, format, event) {
  const caret = input.selectionStart ?? input.value.length
  const before = input.value.slice(0, caret).replace(/\W/g, '').length
  const deleting = event.inputType?.startsWith('delete')
  const shown = format(input.value, deleting)
  const atEnd = caret === input.value.length
  if (shown === input.value) return
  input.value = shown
  if (atEnd || document.activeElement !== input) return
  let position = 0
  for (let seen = 0; position < shown.length && seen < before; position += 1) {
    if (/\w/.test(shown[position])) seen += 1
  }
  input.setSelectionRange(position, position)
}
