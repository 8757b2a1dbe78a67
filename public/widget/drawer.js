import { keyOf } from './cart.js'
import { icon, icons, inkOn, make } from './dom.js'
import { makeLine } from './line.js'

/** A second click of a double click lands beside the drawer that the first one opened: it may not close it. */
const SETTLING = 500

/**
 * The drawer and the button that opens it, in a shadow tree that the shop's styles do not reach. `act` says what
 * they do: `put(key, quantity)` and `checkOut()`.
 */
export function makeDrawer({ css, say, spoken: { locale: lang, dir }, act }) {
  const host = make('owntill-cart', { role: 'region', 'aria-label': say('title') })
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]

  const title = make('h2', { id: 'title', tabindex: -1 }, say('title'))
  const shut = make(
    'button',
    { type: 'button', class: 'close', 'aria-label': say('close'), click: close },
    icon(icons.close),
  )
  const list = make('ul', { role: 'list' })
  const nothing = make('p', { class: 'nothing' })
  const text = make('p')
  const again = make('button', { type: 'button', class: 'again' }, say('retry'))
  const problem = make('div', { class: 'problem', tabindex: -1, hidden: '' }, text, again)
  const total = make('bdi', { class: 'sum' })
  const pay = make('button', { type: 'button', class: 'pay', click: () => act.checkOut() }, say('checkout'))
  const status = make('p', { class: 'unseen', role: 'status' })
  const foot = make(
    'div',
    { class: 'foot', hidden: '' },
    make('p', { class: 'total' }, make('span', {}, say('total')), total),
    pay,
  )
  const dialog = make(
    'dialog',
    { 'aria-labelledby': 'title', lang, dir },
    make('div', { class: 'head' }, title, shut),
    make('div', { class: 'body' }, make('div', { role: 'alert' }, problem), nothing, list),
    foot,
    status,
  )
  const count = make('span', { 'aria-hidden': 'true' })
  const name = make('span', { class: 'unseen' })
  const launcher = make(
    'button',
    { type: 'button', class: 'launcher', lang, dir, hidden: '', click: () => open() },
    icon(icons.bag),
    count,
    name,
  )
  root.append(launcher, dialog)

  const lines = new Map()
  let openedAt = 0
  let drawn = false

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', color)

  dialog.addEventListener('click', event => {
    if (event.target === dialog && Date.now() - openedAt > SETTLING) close()
  })
  dialog.addEventListener('keydown', event => event.key === 'Tab' && stay(event))

  // A modal dialog lets the focus out to the browser's own bar; here it goes around.
  function stay(event) {
    const stops = [...dialog.querySelectorAll('button, input')].filter(
      stop => stop.getClientRects().length > 0,
    )
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]]
    const at = root.activeElement
    if (at !== from && !(event.shiftKey && at === title)) return
    event.preventDefault()
    to.focus()
  }

  function attach() {
    if (!host.isConnected) document.body.append(host)
  }

  function open() {
    attach()
    color()
    if (dialog.open) return
    openedAt = Date.now()
    dialog.showModal()
    title.focus()
  }

  function close() {
    dialog.close()
  }

  // The colour is the shop's, or follows the page's colour scheme.
  function color() {
    const ink = inkOn(pay)
    if (ink) host.style.setProperty('--o-ink', ink)
  }

  /** Draws the cart; a page with a button of its own for it needs none of ours. */
  function draw(view) {
    attach()
    drawn = true
    const gone = [...lines.keys()].filter(id => !view.lines.some(line => keyOf(line) === id))
    for (const id of gone) drop(id)
    for (const line of view.lines) {
      const key = keyOf(line)
      if (!lines.has(key)) lines.set(key, makeLine(line, say, act.put))
      const { node, update } = lines.get(key)
      update(line)
      if (!node.isConnected) list.append(node)
    }
    nothing.textContent = view.count ? '' : say('empty')
    foot.hidden = !view.count
    total.textContent = view.amount_shown
    count.textContent = view.count
    name.textContent = say('open', { count: view.count })
    launcher.hidden = !view.count || document.querySelector('[data-cart]') !== null
    color()
  }

  // Whoever removed a line by keyboard goes on at the next one.
  function drop(id) {
    const { node } = lines.get(id)
    lines.delete(id)
    const next = node.nextElementSibling ?? node.previousElementSibling
    const focused = node.contains(root.activeElement)
    node.remove()
    if (focused) (next?.querySelector('.remove') ?? title).focus()
  }

  /** While the server is asked: what is shown may change. `leaving` is the way to the till. */
  function busy(on, leaving = false) {
    dialog.toggleAttribute('data-busy', on)
    list.setAttribute('aria-busy', on)
    pay.setAttribute('aria-disabled', on)
    pay.textContent = say(leaving ? 'leaving' : 'checkout')
    if (lines.size === 0) nothing.textContent = on ? say('loading') : drawn ? say('empty') : ''
  }

  /** What went wrong, in words, and how to try again where that may help; nothing when `words` is empty. */
  function complain(words = '', retry) {
    if (!words && problem.contains(root.activeElement)) title.focus()
    text.textContent = words
    problem.hidden = !words
    again.hidden = !retry
    again.onclick = retry
    if (words) problem.focus()
  }

  const announce = words => {
    status.textContent = words
  }

  return { open, close, draw, busy, complain, announce }
}
