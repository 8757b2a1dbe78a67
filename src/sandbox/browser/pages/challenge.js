import { listen, tell } from '/stripe.js/assets/frames/channel.js'

// In a dialog over the merchant's page: the answer is sent from here, and the page told when it is in.
const form = document.querySelector('form')

form?.addEventListener('submit', async event => {
  event.preventDefault()
  for (const button of form.querySelectorAll('button')) button.disabled = true
  const body = new URLSearchParams(new FormData(form))
  body.set('outcome', event.submitter.value)
  await fetch(location.href, { method: 'POST', body })
  tell('done')
})

listen({
  init: () => form?.querySelector('#complete').focus(),
  escape: () => form?.querySelector('#fail').focus(),
})
if (!form) tell('done')
