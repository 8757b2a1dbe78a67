import type { Books } from '../../engine/books.ts'
import type { Delivery } from '../../engine/deliveries.ts'
import { type Html, html } from '../html.ts'
import { act, command, status, table, time } from './parts.ts'

/** One event on its way to one endpoint: what was sent, what came back, and what may be done to it. */
export function deliveryPage(owner: Books, delivery: Delivery, sent: object | null): Html {
  const mode = owner.livemode ? 'live' : 'test'
  const path = `deliveries/${delivery.id}`
  const tries = delivery.attempts.map(
    ({ at, status: answer, ms, error, body }) =>
      html`<tr><td>${time(at)}</td><td class="number">${answer ?? '–'}</td><td class="number">${ms} ms</td>
<td class="wide">${error ?? body}</td></tr>`,
  )
  return html`<main><p><a href="/console/accounts/${owner.account}/${mode}">← ${owner.account}</a></p>
<h1>${delivery.type} ${status(delivery.status)}</h1>
<section class="panel"><dl class="facts"><dt>To</dt><dd>${delivery.url}</dd><dt>Event</dt><dd>${delivery.event}</dd>
${delivery.next_attempt_at && html`<dt>Next try</dt><dd>${time(delivery.next_attempt_at)}</dd>`}</dl>
<div class="actions">${command(`${path}/resend`, 'Resend')}
${act(path, 'Send twice more', 'duplicate')}
${act(path, 'Send in 30 seconds', 'delay')}
${delivery.status === 'pending' && act(path, 'Drop', 'drop')}</div></section>
${table('Tries', ['When', 'Answer', 'Took', 'What it said'], tries, 'Not sent yet.')}
<section class="panel"><h2>Request</h2><pre tabindex="0">${sent ? JSON.stringify(sent, null, 2) : 'No longer kept.'}</pre></section></main>`
}
