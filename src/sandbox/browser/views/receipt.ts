import type Stripe from 'stripe'
import { type Html, html } from '../html.ts'
import { money } from './money.ts'
import { time } from './parts.ts'

/** What `receipt_url` of a charge leads to. */
export const receiptPage = (
  charge: Stripe.Charge,
  merchant: string,
): Html => html`<main><section class="card">
<h1>Receipt from ${merchant}</h1>
<p class="amount">${money(charge.amount, charge.currency)}</p>
<dl class="facts"><dt>Paid</dt><dd>${time(charge.created)}</dd><dt>Charge</dt><dd>${charge.id}</dd>
${charge.amount_refunded > 0 && html`<dt>Refunded</dt><dd>${money(charge.amount_refunded, charge.currency)}</dd>`}</dl>
</section></main>`
