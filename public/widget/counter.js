import { keyOf } from './cart.js'
import { makeDrawer } from './drawer.js'

const RETRIABLE = ['network', 'busy', 'ours']

/**
 * Where the shopper deals with the cart, in one language: what they do with it, and what they are told. `spoken` is
 * { locale, dir, texts }, `options` what a checkout is opened with.
 */
export function openCounter({ cart, css, spoken, options }) {
  const say = (name, values = {}) =>
    name
      .split('.')
      .reduce((part, key) => part[key], spoken.texts)
      .replace(/\{(\w+)\}/g, (_, key) => values[key])
  const drawer = makeDrawer({ css, say, spoken, act: { put, checkOut } })
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

  const lineOf = key => view?.lines.find(line => keyOf(line) === key)

  function add(product_id, quantity = 1, variant_id = undefined) {
    const wanted = { product_id: String(product_id), ...(variant_id && { variant_id: String(variant_id) }) }
    const key = keyOf(wanted)
    const more = Number.isInteger(quantity) && quantity > 0 ? quantity : 1
    drawer.open()
    const edit = lines => {
      const there = lines.find(line => keyOf(line) === key)
      if (!there) return [...lines, { ...wanted, quantity: more }]
      return lines.map(line =>
        line === there ? { ...line, quantity: Math.min(line.quantity + more, 9_999) } : line,
      )
    }
    return attempt(
      () => cart.change(edit),
      () => ['added', { name: lineOf(key)?.name, total: view.amount_shown }],
    )
  }

  function put(key, quantity) {
    const { name } = lineOf(key)
    const edit = lines =>
      quantity === 0
        ? lines.filter(line => keyOf(line) !== key)
        : lines.map(line => (keyOf(line) === key ? { ...line, quantity } : line))
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
    try {
      location.assign(await cart.checkOut(options()))
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

  // Back from the till by the browser's own button: the page is as it was left, the cart may not be.
  function comeBack() {
    leaving = false
    void attempt(cart.load)
  }

  return { open, close: drawer.close, add, comeBack }
}

function whenBody(task) {
  if (document.body) task()
  else document.addEventListener('DOMContentLoaded', task)
}
