import { sandboxOrigin } from './origin.js'

let frames = 0

/**
 * An iframe of the sandbox's origin and a way to talk to it. Card numbers are typed and sent from inside;
 * only what the frame chooses to tell crosses over. Both sides check the origin and the window.
 */
export function openFrame({ page, query = {}, title, onMessage }) {
  frames += 1
  const channel = `frame${frames}`
  const url = new URL(page, sandboxOrigin)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  url.searchParams.set('channel', channel)
  url.searchParams.set('parent', window.location.origin)

  const iframe = document.createElement('iframe')
  iframe.name = `__privateStripeFrame${1000 + frames}`
  iframe.title = title
  iframe.src = url.href
  iframe.allow = 'payment *; publickey-credentials-get *'
  iframe.setAttribute('allowtransparency', 'true')
  Object.assign(iframe.style, {
    border: '0',
    // 4 px more on each side, for the focus rings inside.
    margin: '-4px',
    padding: '0',
    width: 'calc(100% + 8px)',
    height: '0',
    display: 'block',
    colorScheme: 'light only',
  })

  const waiting = new Map()
  let asked = 0
  const send = message => iframe.contentWindow?.postMessage({ channel, ...message }, sandboxOrigin)
  const receive = event => {
    if (event.origin !== sandboxOrigin || event.source !== iframe.contentWindow) return
    if (event.data?.channel !== channel) return
    const { type, payload, answers } = event.data
    if (answers === undefined) return onMessage(type, payload)
    waiting.get(answers)?.(payload)
    waiting.delete(answers)
  }
  window.addEventListener('message', receive)

  return {
    iframe,
    resize(height) {
      iframe.style.height = `${height}px`
    },
    tell: (type, payload) => send({ type, payload }),
    /** Sends a question and resolves with the frame's answer. */
    ask(type, payload) {
      asked += 1
      const question = asked
      return new Promise(resolve => {
        waiting.set(question, resolve)
        send({ type, payload, question })
      })
    },
    close() {
      window.removeEventListener('message', receive)
      iframe.remove()
    },
  }
}
