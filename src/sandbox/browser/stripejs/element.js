import { backdropOf } from './backdrop.js'
import { createEmitter } from './emitter.js'
import { IntegrationError, insist } from './errors.js'
import { openFrame } from './frame.js'

const titles = {
  payment: 'Secure payment input frame',
  expressCheckout: 'Secure express checkout frame',
  address: 'Secure address input frame',
  linkAuthentication: 'Secure email input frame',
}

function find(target) {
  if (typeof target !== 'string') return target
  const found = document.querySelector(target)
  if (!found) {
    throw new IntegrationError(
      `The selector you specified (${target}) applies to no DOM elements that are currently on the page. ` +
        'Make sure the element exists on the page before calling mount().',
    )
  }
  return found
}

/**
 * One Element: a frame that can be mounted, unmounted and listened to. `describe` gives what the frame needs
 * to draw itself and is asked again for every mount; `react` sees the frame's own messages first.
 */
export function createElement({ type, describe, react, onDestroy }) {
  const events = createEmitter()
  let frame = null
  let holder = null
  let ready = Promise.withResolvers()
  let destroyed = false
  let state = { empty: true, complete: false }

  const reactions = {
    hello: () => void describe().then(shown => inside.tell('init', shown), failed),
    size: ({ height }) => frame?.resize(height),
    ready: () => ready.resolve(),
    focus: () => holder?.classList.add('StripeElement--focus'),
    blur: () => holder?.classList.remove('StripeElement--focus'),
    change: change => mark(change),
  }
  const receive = (message, payload) => {
    reactions[message]?.(payload)
    if (message === 'hello' || message === 'size') return
    if (react?.(message, payload)) return
    events.emit(message, { elementType: type, ...payload })
  }
  const mark = change => {
    state = change
    holder?.classList.toggle('StripeElement--empty', change.empty)
    holder?.classList.toggle('StripeElement--complete', change.complete)
  }
  const failed = error => {
    events.emit('loaderror', { elementType: type, error: { type: 'invalid_request_error', ...error } })
  }

  const element = {
    mount(target) {
      insist(!destroyed, 'This Element has already been destroyed. Please create a new one.')
      insist(target, 'Missing argument. Make sure to call mount() with a valid DOM element or selector.')
      const place = find(target)
      if (place === holder) return
      element.unmount()
      holder = place
      holder.replaceChildren()
      holder.classList.add('StripeElement', 'StripeElement--empty')
      frame = openFrame({ page: `/stripe.js/frames/${type}`, title: titles[type], onMessage: receive })
      holder.append(frame.iframe)
      events.emit('loaderstart', { elementType: type })
    },
    unmount() {
      if (!frame) return
      frame.close()
      frame = null
      ready = Promise.withResolvers()
      holder.classList.remove(
        'StripeElement',
        'StripeElement--empty',
        'StripeElement--focus',
        'StripeElement--complete',
      )
      holder = null
    },
    destroy() {
      element.unmount()
      destroyed = true
      onDestroy()
    },
    update(options) {
      frame?.tell('update', options ?? {})
      return element
    },
    focus: () => {
      frame?.iframe.focus()
      frame?.tell('focus')
    },
    blur: () => frame?.tell('blur'),
    clear: () => frame?.tell('clear'),
    collapse() {
      frame?.tell('collapse')
      return element
    },
    on: (event, handler) => {
      insist(typeof handler === 'function', `on('${event}') needs a function to call.`)
      events.on(event, handler)
      return element
    },
    once: (event, handler) => {
      events.once(event, handler)
      return element
    },
    off: (event, handler) => {
      events.off(event, handler)
      return element
    },
  }
  /** What the rest of Stripe.js may do with an element and the merchant's page may not. */
  const inside = {
    type,
    element,
    events,
    describe,
    mounted: () => frame !== null,
    state: () => state,
    tell: (message, payload) => frame?.tell(message, { ...payload, backdrop: backdropOf(holder) }),
    async ask(question, payload) {
      insist(frame, `We could not retrieve data from the ${type} Element. Please make sure it is mounted.`)
      await ready.promise
      return frame.ask(question, payload)
    },
  }
  return inside
}
