/** How an order stands when its shopper is done with the cart, and when nothing will come of it. */
const PLACED = ['processing', 'paid', 'partially_refunded', 'refunded']
const OVER = ['expired', 'cancelled']

/** What tells one line of a cart from the others: ids hold no blank. */
export const keyOf = ({ product_id, variant_id }) => `${product_id} ${variant_id ?? ''}`

/**
 * The cart of a store: what the server last said about it, and the way to change it. The browser remembers its id
 * and, once the shopper went to the till, the checkout's address; products and prices stay with the server.
 */
export function openCart(store, ask) {
  const key = `owntill:${store}`
  const listeners = new Set()
  let kept = recall()
  let view
  let edits = []
  let running

  addEventListener('storage', event => {
    if (event.key !== key) return
    kept = recall()
    load().catch(() => {})
  })

  function recall() {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? {}
    } catch {
      return {}
    }
  }

  // The moment makes each change an event for the other tabs, which look again.
  function keep(change) {
    kept = { ...kept, ...change, at: Date.now() }
    try {
      localStorage.setItem(key, JSON.stringify(kept))
    } catch {
      // Without storage (private windows, sandboxed frames) the cart lives as long as the page.
    }
  }

  function show(answer) {
    const { lines = [], amount = 0, amount_shown = '', currency } = answer ?? {}
    const count = lines.reduce((sum, { quantity }) => sum + quantity, 0)
    view = { lines, count, amount, amount_shown, currency }
    // What the shopper asked for since is on the screen already: an older answer must not take it away.
    if (edits.length === 0) tell()
  }

  function tell() {
    for (const listener of listeners) listener(view)
  }

  function forget() {
    keep({ cart: undefined, checkout: undefined })
    show()
  }

  /** Asks the server what is in the cart now; an order that was placed with it has emptied it. */
  async function load() {
    if (kept.checkout) await follow(kept.checkout)
    if (!kept.cart) return show()
    try {
      show(await ask('GET', `/api/carts/${kept.cart}`))
    } catch (refusal) {
      if (refusal.reason !== 'missing') throw refusal
      forget()
    }
  }

  async function follow(checkout) {
    try {
      const answer = await fetch(`${checkout}/status`, { cache: 'no-store', credentials: 'omit' })
      const { status } = await answer.json()
      if (PLACED.includes(status)) forget()
      else if (OVER.includes(status)) keep({ checkout: undefined })
    } catch {
      // It is asked again on the next page.
    }
  }

  /**
   * Changes the lines: `edit` gets [{product_id, variant_id?, quantity}] and answers what they should be. Edits that come while
   * one is on its way are sent together. Throws Refusal; what could not be saved is then forgotten.
   */
  function change(edit) {
    edits.push(edit)
    running ??= save()
      .catch(refusal => {
        edits = []
        if (view) tell()
        throw refusal
      })
      .finally(() => {
        running = undefined
      })
    return running
  }

  async function save() {
    if (!view) await load()
    while (edits.length > 0) {
      const before = view.lines.map(({ product_id, variant_id, quantity }) => ({
        product_id,
        variant_id: variant_id ?? undefined,
        quantity,
      }))
      const lines = edits.reduce((lines, edit) => edit(lines), before)
      edits = []
      await put(lines).catch(refusal => putRest(lines, before, refusal))
    }
  }

  async function put(lines) {
    if (kept.cart) {
      try {
        show(await ask('PATCH', `/api/carts/${kept.cart}`, { lines }))
        return keep({})
      } catch (refusal) {
        if (refusal.reason !== 'missing') throw refusal
      }
    }
    const made = await ask('POST', '/api/carts', { store_id: store, lines })
    keep({ cart: made.id, checkout: undefined })
    show(made)
  }

  // What is no longer sold leaves the cart, so that the rest of it can go on.
  async function putRest(lines, before, refusal) {
    const gone = refusal.gone?.map(at => keyOf(lines[at])) ?? []
    const rest = lines.filter(line => !gone.includes(keyOf(line)))
    if (before.some(line => gone.includes(keyOf(line)))) await put(rest)
    throw refusal
  }

  /** Opens a checkout for the cart; answers its address. Throws Refusal. */
  async function checkOut(options) {
    await running
    const { url } = await ask('POST', '/api/checkout/sessions', { cart_id: kept.cart, ...options })
    keep({ checkout: url })
    return url
  }

  /** Calls back with the cart as it is and after every change; answers how to stop. */
  function onChange(listener) {
    listeners.add(listener)
    if (view) listener(view)
    return () => listeners.delete(listener)
  }

  return { load, change, checkOut, onChange, remembered: () => Boolean(kept.cart) }
}
