import { type Html, html } from '../html.ts'

const good = ['succeeded', 'paid', 'complete', 'delivered', 'enabled', 'won', 'available']
const bad = ['failed', 'dropped', 'canceled', 'lost', 'expired', 'restricted', 'needs_response', 'disabled']

/** A status: always a word, and a colour beside it. */
export function status(word: string): Html {
  const kind = good.includes(word) ? 'good' : bad.includes(word) ? 'bad' : 'wait'
  return html`<span class="status ${kind}">${word.replaceAll('_', ' ')}</span>`
}

/** Whole seconds since 1970 as people read time, in UTC. */
export function time(seconds: number): Html {
  const iso = new Date(seconds * 1000).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time>`
}

/** A table that scrolls by itself on a narrow screen, or the sentence that says why it is empty. */
export function table(caption: string, heads: string[], rows: Html[], empty: string): Html {
  return html`<section class="panel"><h2>${caption}</h2>
${
  rows.length === 0
    ? html`<p class="muted">${empty}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<thead><tr>${heads.map(head => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`
}</section>`
}

/** A button that asks the control API for something, with what stands in the fields beside it. */
export const command = (path: string, label: string, fields: Html = html``): Html =>
  html`<form class="command" data-post="/console/api/${path}">${fields}<button>${label}</button></form>`

/** A button that posts a plain form to the console itself. */
export const act = (path: string, label: string, value: string): Html =>
  html`<form class="command" method="post" action="/console/${path}"><button name="act" value="${value}">${label}</button></form>`

/** An object as the API shows it. */
export const json = (title: string, value: unknown): Html =>
  html`<details class="panel"><summary>${title}</summary><pre tabindex="0">${JSON.stringify(value, null, 2)}</pre></details>`
