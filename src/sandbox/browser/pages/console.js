// Buttons of the console ask the control API and show the page again, as it is afterwards.
const values = { number: Number, boolean: text => text === 'true' }

async function send(form) {
  const body = {}
  for (const { name, value, dataset } of form.elements) {
    if (name) body[name] = values[dataset.as]?.(value) ?? value
  }
  const answer = await fetch(form.dataset.post, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (answer.ok) return answer.json()
  const { error } = await answer.json()
  throw new Error(error.message)
}

function say(form, text) {
  const note = form.querySelector('[role=status]') ?? document.createElement('p')
  note.setAttribute('role', 'status')
  note.textContent = text
  form.append(note)
}

for (const form of document.querySelectorAll('form[data-post]')) {
  form.addEventListener('submit', async event => {
    event.preventDefault()
    const button = form.querySelector('button')
    button.disabled = true
    try {
      const made = await send(form)
      // A test webhook changes nothing here: what the endpoint said is all there is to see.
      if (form.dataset.post.endsWith('test-event')) say(form, `Answered ${made.status ?? made.error}`)
      else location.reload()
    } catch (error) {
      say(form, error.message)
    }
    button.disabled = false
  })
}
