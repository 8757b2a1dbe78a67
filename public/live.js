import { localTimes } from './portal.js'

// Keeps a part of a page up to date while somebody looks at it. Without it, reloading does the same.
const EVERY = 5_000
const AT_MOST = 60_000

for (const part of document.querySelectorAll('[data-live]')) keep(part)

function keep(part) {
  const said = document.querySelector('[data-live-said]')
  let etag = ''
  let wait = EVERY
  let timer

  const later = () => {
    clearTimeout(timer)
    if (!document.hidden) timer = setTimeout(look, wait)
  }
  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : look()))
  later()

  async function look() {
    clearTimeout(timer)
    try {
      const answer = await fetch(part.dataset.live, { headers: etag ? { 'if-none-match': etag } : {} })
      // Signed out, or the page is gone: the next click says so.
      if (answer.redirected || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) return
      if (answer.status === 200) {
        etag = answer.headers.get('etag') ?? ''
        show(await answer.text())
      }
      wait = answer.ok || answer.status === 304 ? EVERY : Math.min(wait * 2, AT_MOST)
    } catch {
      wait = Math.min(wait * 2, AT_MOST)
    }
    later()
  }

  function show(html) {
    const fresh = document.createElement('template')
    fresh.innerHTML = html
    localTimes(fresh.content)
    const before = stateOf(part)
    const after = stateOf(fresh.content)
    if (before.text === after.text) return
    // Whoever reads by keyboard stays where they were.
    const held = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
    part.replaceChildren(fresh.content)
    if (held) part.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus()
    const rows = [...after.rows].filter(id => !before.rows.has(id))
    for (const id of rows) part.querySelector(`[data-row="${CSS.escape(id)}"]`)?.classList.add('row-new')
    if (said) said.textContent = wordsFor(rows.length, before, after)
  }
}

/** What is compared: the rows of a list, the state of a single thing, and all that can be read. */
const stateOf = root => ({
  rows: new Set([...root.querySelectorAll('[data-row]')].map(row => row.dataset.row)),
  state: root.querySelector('h1 .badge')?.textContent.trim(),
  text: root.textContent.replace(/\s+/g, ' ').trim(),
})

function wordsFor(count, before, after) {
  if (count > 0) return count === 1 ? 'One new order' : `${count} new orders`
  if (after.state && after.state !== before.state) return `The order is now: ${after.state}`
  return 'Updated'
}
