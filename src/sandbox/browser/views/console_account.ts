import { standingOf } from '../../api/connected_account.ts'
import type { Books } from '../../engine/books.ts'
import { Accounts } from '../../engine/connect.ts'
import { type Delivery, WebhookEndpoints } from '../../engine/deliveries.ts'
import { PaymentIntents } from '../../payments/intents.ts'
import { type Html, html } from '../html.ts'
import { money } from './money.ts'
import { act, command, status, table, time } from './parts.ts'

const most = 50

/** One account in one mode: what was paid, what happened, who was told. */
export function accountPage(books: Books): Html {
  const mode = books.livemode ? 'live' : 'test'
  return html`<main><p><a href="/console">← Accounts</a></p><h1>${books.account} <span class="muted">${mode}</span></h1>
${payments(books)}
${deliveriesTable('Webhook deliveries', books.deliveries.slice(-most).reverse())}
${endpoints(books, mode)}
${books.of(Accounts).size > 0 && connected(books, mode)}
${events(books)}</main>`
}

function payments(books: Books): Html {
  const rows = [...books.of(PaymentIntents).newest()].slice(0, most).map(
    intent => html`<tr><td><a href="/console/payments/${intent.id}">${intent.id}</a></td>
<td class="number">${money(intent.amount, intent.currency)}</td><td>${status(intent.status)}</td>
<td>${intent.description}</td><td>${time(intent.created)}</td></tr>`,
  )
  return table('Payments', ['Payment', 'Amount', 'Status', 'Description', 'Made'], rows, 'No payments yet.')
}

/** Deliveries, the newest first, each a link to its own page. */
export function deliveriesTable(caption: string, deliveries: Delivery[]): Html {
  const rows = deliveries.map(({ id, type, url, status: state, attempts, event }) => {
    const last = attempts.at(-1)
    return html`<tr><td><a href="/console/deliveries/${id}">${type}</a><br><span class="muted">${event}</span></td>
<td class="wide">${url}</td><td>${status(state)}</td>
<td class="number">${last ? (last.status ?? last.error) : '–'}</td><td class="number">${attempts.length}</td></tr>`
  })
  const heads = ['Event', 'Endpoint', 'Status', 'Answer', 'Tries']
  return table(caption, heads, rows, 'Nothing was sent: no endpoint has asked for it.')
}

function endpoints(books: Books, mode: string): Html {
  const rows = [...books.of(WebhookEndpoints).newest()].map(
    ({
      id,
      url,
      status: state,
      api_version,
    }) => html`<tr><td class="wide">${url}<br><span class="muted">${id}</span></td>
<td>${status(state)}</td><td>${api_version ?? 'account default'}</td>
<td>${command('test-event', 'Send test webhook', testFields(books.account, mode, id))}</td></tr>`,
  )
  return table(
    'Webhook endpoints',
    ['Address', 'Status', 'API version', 'Test'],
    rows,
    'No endpoints: register one with POST /v1/webhook_endpoints.',
  )
}

const testFields = (account: string, mode: string, endpoint: string) =>
  html`<input type="hidden" name="account" value="${account}"><input type="hidden" name="mode" value="${mode}">
<input type="hidden" name="endpoint" value="${endpoint}"><input type="hidden" name="type" value="payment_intent.succeeded">`

function connected(books: Books, mode: string): Html {
  const rows = [...books.of(Accounts).newest()].map(account => {
    const standing = standingOf(account)
    const others = (['enabled', 'in_review', 'restricted'] as const).filter(other => other !== standing)
    return html`<tr><td><a href="/console/accounts/${account.id}/${mode}">${account.id}</a><br>
<span class="muted">${account.business_profile?.name ?? account.email}</span></td><td>${status(standing)}</td>
<td class="actions">${others.map(other => act(`connected/${account.id}`, moves[other], other))}</td></tr>`
  })
  return table('Connected accounts', ['Account', 'Standing', 'What Stripe decides'], rows, '')
}

const moves = { enabled: 'Enable', in_review: 'Put in review', restricted: 'Restrict' }

function events(books: Books): Html {
  const rows = [...books.events.newest()]
    .slice(0, most)
    .map(
      ({ id, type, created, pending }) =>
        html`<tr><td>${type}</td><td>${id}</td><td class="number">${pending}</td><td>${time(created)}</td></tr>`,
    )
  return table('Events', ['Type', 'Event', 'Still to be told', 'When'], rows, 'Nothing has happened yet.')
}
