import type Stripe from 'stripe'
import type { Books } from '../../engine/books.ts'
import { Charges } from '../../payments/charges.ts'
import { type Html, html } from '../html.ts'
import { deliveriesTable } from './console_account.ts'
import { money } from './money.ts'
import { command, json, status, time } from './parts.ts'

/** One payment, and what a merchant, a shopper or a bank may now do to it. */
export function paymentPage(books: Books, intent: Stripe.PaymentIntent): Html {
  const charge = books.of(Charges).find(String(intent.latest_charge))
  const mode = books.livemode ? 'live' : 'test'
  const about = books.deliveries.filter(delivery => {
    const event = books.events.find(delivery.event)
    return event?.data.includes(intent.id)
  })
  return html`<main><p><a href="/console/accounts/${books.account}/${mode}">← ${books.account}</a></p>
<h1>${money(intent.amount, intent.currency)} ${status(intent.status)}</h1>
<section class="panel"><dl class="facts"><dt>Payment</dt><dd>${intent.id}</dd><dt>Made</dt><dd>${time(intent.created)}</dd>
${charge && facts(charge)}
${intent.last_payment_error && html`<dt>Last error</dt><dd>${intent.last_payment_error.message}</dd>`}</dl></section>
${actions(intent, charge)}
${deliveriesTable('Deliveries about it', about.reverse())}
${json('PaymentIntent', intent)}
${charge && json('Charge', charge)}</main>`
}

const facts = (charge: Stripe.Charge) => html`<dt>Charge</dt><dd>${charge.id} ${status(charge.status)}</dd>
<dt>Refunded</dt><dd>${money(charge.amount_refunded, charge.currency)}</dd>
${charge.disputed && html`<dt>Disputed</dt><dd>yes</dd>`}
${charge.transfer && html`<dt>Transfer</dt><dd>${String(charge.transfer)}</dd>`}
${charge.application_fee && html`<dt>Application fee</dt><dd>${String(charge.application_fee)}</dd>`}`

function actions(intent: Stripe.PaymentIntent, charge: Stripe.Charge | undefined): Html | null {
  const path = `payments/${intent.id}`
  const answer = (ok: boolean) =>
    html`<input type="hidden" name="ok" value="${String(ok)}" data-as="boolean">`
  const buttons: Html[] = []
  if (intent.status === 'processing') {
    buttons.push(command(`${path}/complete`, 'Let the debit succeed', answer(true)))
    buttons.push(command(`${path}/complete`, 'Let the debit fail', answer(false)))
  }
  if (intent.status === 'requires_action') {
    buttons.push(command(`${path}/authenticate`, 'Authenticate', answer(true)))
    buttons.push(command(`${path}/authenticate`, 'Fail authentication', answer(false)))
  }
  if (charge?.paid && !charge.refunded) {
    const left = charge.amount - charge.amount_refunded
    buttons.push(command(`${path}/refund`, 'Refund', amountField(left, charge.currency)))
  }
  if (charge?.paid && !charge.disputed) buttons.push(command(`${path}/dispute`, 'Dispute', reasonField))
  if (buttons.length === 0) return null
  return html`<section class="panel"><h2>As in the dashboard, or at the bank</h2><div class="actions">${buttons}</div></section>`
}

const amountField = (left: number, currency: string) =>
  html`<label>Minor units of ${currency.toUpperCase()}
<input name="amount" type="number" min="1" max="${left}" value="${left}" data-as="number"></label>`

const reasonField = html`<label>Reason <select name="reason"><option>fraudulent</option>
<option>product_not_received</option><option>inquiry</option></select></label>`
