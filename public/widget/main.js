import { connect } from './api.js'
import { openCart } from './cart.js'
import { makeDrawer } from './drawer.js'

const RETRIABLE = ['network', 'busy', 'ours']
const BUTTON = 'button[data-product], a[data-product], [role="button"][data-product], input[data-product]'

/**
 * Puts the widget on the page that its script tag is in: `texts` by language, `css` of the drawer. The one thing
 * it adds to the page's scripts is window.Owntill.
 */
export function start(texts, css) {
  const script = document.currentScript ?? document.querySelector('script[data-store][src*="/widget.js"]')
  const { store, locale, successUrl, cancelUrl } = script?.dataset ?? {}
  if (!store)
    return console.error('Owntill: the script tag of widget.js needs data-store="the id of your store"')
  const { origin } = new URL(script.src)
  const tag = languageTag(locale ?? document.documentElement.lang) ?? languageTag(navigator.language) ?? 'en'
  const language = Object.hasOwn(texts, tag.split('-')[0]) ? tag.split('-')[0] : 'en'
  const say = (name, values = {}) =>
    name
      .split('.')
      .reduce((part, key) => part[key], texts[language])
      .replace(/\{(\w+)\}/g, (_, key) => values[key])

  const cart = openCart(store, connect(origin, tag))
  const drawer = makeDrawer({ css, say, language, act: { put, checkOut } })
  let view
  let leaving = false

  cart.onChange(next => {
    view = next
    whenBody(() => drawer.draw(next))
    for (const node of document.querySelectorAll('[data-cart-count]')) node.textContent = next.count
  })

  /** Does something with the cart and says how it ended; answers the cart, or nothing when it was refused. */
  async function attempt(task, words) {
    drawer.complain()
    drawer.busy(true)
    try {
      await task()
      drawer.busy(false)
      if (words) drawer.announce(say(...words()))
      return view
    } catch (refusal) {
      drawer.busy(false)
      if (view) drawer.draw(view)
      blame(refusal, () => attempt(task, words))
    }
  }

  function blame(refusal, retry) {
    const reason = refusal.reason === 'missing' ? 'setup' : (refusal.reason ?? 'ours')
    const details = refusal.errors?.map(({ pointer, detail }) => `${pointer} ${detail}`) ?? []
    console.error('Owntill:', refusal.message, ...details)
    drawer.complain(say(`problem.${reason}`), RETRIABLE.includes(reason) && retry)
  }

  const lineOf = id => view?.lines.find(({ product_id }) => product_id === id)

  function add(product_id, quantity = 1) {
    const product = String(product_id)
    const more = Number.isInteger(quantity) && quantity > 0 ? quantity : 1
    drawer.open()
    const edit = lines => {
      const there = lines.find(line => line.product_id === product)
      if (!there) return [...lines, { product_id: product, quantity: more }]
      return lines.map(line =>
        line === there ? { ...line, quantity: Math.min(line.quantity + more, 9_999) } : line,
      )
    }
    return attempt(
      () => cart.change(edit),
      () => ['added', { name: lineOf(product)?.name, total: view.amount_shown }],
    )
  }

  function put(product, quantity) {
    const { name } = lineOf(product)
    const edit = lines =>
      quantity === 0
        ? lines.filter(({ product_id }) => product_id !== product)
        : lines.map(line => (line.product_id === product ? { ...line, quantity } : line))
    return attempt(
      () => cart.change(edit),
      () => [quantity === 0 ? 'removed' : 'changed', { name, quantity, total: view.amount_shown }],
    )
  }

  async function checkOut() {
    if (leaving) return
    leaving = true
    drawer.complain()
    drawer.busy(true, true)
    const here = location.href.split('#')[0]
    const address = url => new URL(url ?? here, document.baseURI).href
    const options = { success_url: address(successUrl), cancel_url: address(cancelUrl), locale: tag }
    try {
      location.assign(await cart.checkOut(options))
    } catch (refusal) {
      leaving = false
      drawer.busy(false)
      blame(refusal, checkOut)
    }
  }

  function open() {
    drawer.open()
    if (!view) void attempt(cart.load)
  }

  document.addEventListener('click', event => {
    const parts = event.composedPath().filter(part => part instanceof Element)
    const button = parts.find(part => part.matches(BUTTON))
    const opener = parts.find(part => part.matches('[data-cart]'))
    if (!button && !opener) return
    event.preventDefault()
    if (button) void add(button.dataset.product, Number(button.dataset.quantity ?? 1))
    else open()
  })
  // Back from the till by the browser's own button: the page is as it was left, the cart may not be.
  addEventListener('pageshow', event => {
    if (!event.persisted) return
    leaving = false
    void attempt(cart.load)
  })

  window.Owntill = Object.freeze({
    open,
    close: drawer.close,
    add,
    on(name, listener) {
      if (name !== 'change') throw new Error(`Owntill.on: there is no event "${name}", only "change"`)
      return cart.onChange(careful(listener))
    },
  })
  // A shopper who has no cart here costs no request.
  cart.load().catch(refusal => console.error('Owntill:', refusal.message))
}

/** A listener of the shop's own: when it throws, the page hears of it, and the cart goes on. */
function careful(listener) {
  return view => {
    try {
      listener(view)
    } catch (error) {
      reportError(error)
    }
  }
}

function whenBody(task) {
  if (document.body) task()
  else document.addEventListener('DOMContentLoaded', task)
}

/** A language tag in its right form, or nothing for what is none ("en_US" is meant as one). */
function languageTag(text) {
  try {
    return Intl.getCanonicalLocales(text.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}
