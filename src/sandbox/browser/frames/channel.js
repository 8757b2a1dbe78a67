const query = new URLSearchParams(location.search)
const parentOrigin = query.get('parent')
const channel = query.get('channel')

/** Tells the merchant's page something. It reaches that page's origin only, and never holds a card number. */
export function tell(type, payload = {}) {
  window.parent.postMessage({ channel, type, payload }, parentOrigin)
}

/** Answers the page's messages with a table of handlers; what a handler returns is the answer to a question. */
export function listen(handlers) {
  window.addEventListener('message', async event => {
    if (event.origin !== parentOrigin || event.source !== window.parent) return
    if (event.data?.channel !== channel) return
    const { type, payload, question } = event.data
    const answer = await handlers[type]?.(payload)
    if (question === undefined) return
    window.parent.postMessage({ channel, answers: question, payload: answer }, parentOrigin)
  })
  reportFocus()
  tell('hello')
}

/** Keeps the page's iframe exactly as high as its content, from now on. */
export function reportSize(element) {
  const report = () => tell('size', { height: Math.ceil(element.getBoundingClientRect().height) })
  new ResizeObserver(report).observe(element)
  report()
}

function reportFocus() {
  let inside = false
  const mark = focused => {
    if (focused === inside) return
    inside = focused
    tell(focused ? 'focus' : 'blur')
  }
  window.addEventListener('focusin', () => mark(true))
  window.addEventListener('blur', () => mark(false))
  window.addEventListener('keydown', event => {
    if (event.key === 'Escape') tell('escape')
  })
}
