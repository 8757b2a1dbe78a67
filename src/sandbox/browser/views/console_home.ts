import type { World } from '../../engine/world.ts'
import { PaymentIntents } from '../../payments/intents.ts'
import { type Html, html } from '../html.ts'
import { table } from './parts.ts'

/** Every account that has been here. */
export function homePage(world: World): Html {
  const rows = [...world.books.values()].map(books => {
    const mode = books.livemode ? 'live' : 'test'
    const failed = books.deliveries.filter(delivery => delivery.status === 'failed').length
    return html`<tr><td><a href="/console/accounts/${books.account}/${mode}">${books.account}</a></td><td>${mode}</td>
<td>${books.platform ? html`connected to ${books.platform}` : 'own keys'}</td>
<td class="number">${books.of(PaymentIntents).size}</td><td class="number">${books.events.size}</td>
<td class="number">${books.deliveries.length}${failed > 0 && ` (${failed} failed)`}</td></tr>`
  })
  return html`<main><h1>Accounts</h1>
<p class="muted">A key needs no registration: the account stands in it, as in <code>sk_test_51ALICE000000000Secret1</code>.</p>
${table(
  'Accounts',
  ['Account', 'Mode', 'Kind', 'Payments', 'Events', 'Deliveries'],
  rows,
  'Nobody has been here yet: the first request with a key opens its account.',
)}
${table('Test cards', ['Number', 'What it does'], cards, '')}</main>`
}

const cards = (
  [
    ['4242 4242 4242 4242', 'is paid'],
    ['4000 0000 0000 0002', 'is declined'],
    ['4000 0000 0000 9995', 'has insufficient funds'],
    ['4000 0025 0000 3155', 'asks for 3-D Secure'],
    ['4000 0000 0000 0259', 'is paid, then disputed as fraudulent'],
    ['4000 0000 0000 7726', 'is paid; its refunds are pending first'],
    ['4000 0000 0000 0077', 'is paid and available at once, for transfers'],
  ] as const
).map(([number, does]) => html`<tr><td><code>${number}</code></td><td>${does}</td></tr>`)
