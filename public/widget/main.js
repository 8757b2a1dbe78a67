import { connect } from './api.js'
import { openCart } from './cart.js'
import { openCounter } from './counter.js'
import { languageTag, speak } from './language.js'

const BUTTON = 'button[data-product], a[data-product], [role="button"][data-product], input[data-product]'

/**
 * Puts the widget on the page that its script tag is in, once its texts are there: `english` is at hand. `css` is
 * the drawer's. The one thing it adds to the page's scripts is window.Owntill.
 */
export function start(english, css) {
  const script = document.currentScript ?? document.querySelector('script[data-store][src*="/widget.js"]')
  const { store, locale, successUrl, cancelUrl } = script?.dataset ?? {}
  if (!store)
    return console.error('Owntill: the script tag of widget.js needs data-store="the id of your store"')
  const { origin } = new URL(script.src)
  const tag = languageTag(locale ?? document.documentElement.lang) ?? languageTag(navigator.language) ?? 'en'
  const options = () => {
    const here = location.href.split('#')[0]
    const address = url => new URL(url ?? here, document.baseURI).href
    return { success_url: address(successUrl), cancel_url: address(cancelUrl), locale: tag }
  }

  const cart = openCart(store, connect(origin, tag))
  const opening = speak(origin, tag, english).then(spoken => openCounter({ cart, css, spoken, options }))
  const atCounter = task => opening.then(task)

  document.addEventListener('click', event => {
    const parts = event.composedPath().filter(part => part instanceof Element)
    const button = parts.find(part => part.matches(BUTTON))
    const opener = parts.find(part => part.matches('[data-cart]'))
    if (!button && !opener) return
    event.preventDefault()
    void atCounter(counter =>
      button
        ? counter.add(button.dataset.product, Number(button.dataset.quantity ?? 1), variantOf(button.dataset))
        : counter.open(),
    )
  })
  addEventListener('pageshow', event => event.persisted && atCounter(({ comeBack }) => comeBack()))

  window.Owntill = Object.freeze({
    open: () => void atCounter(({ open }) => open()),
    close: () => void atCounter(({ close }) => close()),
    add: (product_id, quantity, variant_id) => atCounter(({ add }) => add(product_id, quantity, variant_id)),
    on(name, listener) {
      if (name !== 'change') throw new Error(`Owntill.on: there is no event "${name}", only "change"`)
      return cart.onChange(careful(listener))
    },
  })
  // A shopper who has no cart here costs no request.
  cart.load().catch(refusal => console.error('Owntill:', refusal.message))
}

/** Which one of a product: as the button says, or as chosen in a field of the page that is for this product. */
const variantOf = ({ product, variant }) =>
  variant ?? document.querySelector(`[data-variant-of="${CSS.escape(product)}"]`)?.value

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
