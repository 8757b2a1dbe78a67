import type Stripe from 'stripe'
import { standingOf } from '../../api/connected_account.ts'
import { type Html, html } from '../html.ts'
import { money } from './money.ts'
import { status, table, time } from './parts.ts'

interface Vendor {
  account: Stripe.Account
  platform: string
  balance: Stripe.Balance
  received: Stripe.Transfer[]
}

/** What a vendor sees: where they stand, what they have, what came in. */
export function expressPage({ account, platform, balance, received }: Vendor): Html {
  const rows = received.map(
    transfer => html`<tr><td>${time(transfer.created)}</td><td>${transfer.id}</td>
<td class="number">${money(transfer.amount, transfer.currency)}</td>
<td class="number">${transfer.amount_reversed > 0 ? money(transfer.amount_reversed, transfer.currency) : '–'}</td></tr>`,
  )
  const row = (label: string, { amount, currency }: { amount: number; currency: string }) =>
    html`<dt>${label}</dt><dd class="number">${money(amount, currency)}</dd>`
  return html`<main><h1>${account.business_profile?.name ?? account.email} ${status(standingOf(account))}</h1>
<p class="muted">Express dashboard of ${account.id}, paid through ${platform}</p>
<section class="panel"><h2>Balance</h2><dl class="facts">
${balance.available.map(part => row('Available', part))}
${balance.pending.map(part => row('On its way', part))}</dl></section>
${table('Payments', ['When', 'Transfer', 'Amount', 'Taken back'], rows, 'Nothing has come in yet.')}</main>`
}
