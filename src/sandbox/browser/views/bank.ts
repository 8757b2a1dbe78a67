import type Stripe from 'stripe'
import { type Html, html } from '../html.ts'
import { money } from './money.ts'

interface Question {
  intent: Stripe.PaymentIntent
  merchant: string
  action: string
  /** Carried through the form, so that the answer comes back to where the shopper was. */
  secret: string
}

/** The bank's page of a redirect method: authorise or refuse. */
export function bankPage({ intent, merchant, action, secret }: Question): Html {
  return html`<main><section class="card">
<h1>Authorise this payment</h1>
<p class="amount">${money(intent.amount, intent.currency)}</p>
<dl class="facts"><dt>To</dt><dd>${merchant}</dd><dt>Payment</dt><dd>${intent.id}</dd></dl>
<p class="muted">This is the bank of the sandbox. Choose what the shopper does here.</p>
${answers(action, secret, 'Authorise test payment', 'Fail test payment')}
</section></main>`
}

/** The 3-D Secure challenge of a card's bank. */
export function challengePage({ intent, merchant, action, secret }: Question): Html {
  return html`<main><section class="card">
<h1>3D Secure: is it you?</h1>
<p class="amount">${money(intent.amount, intent.currency)}</p>
<dl class="facts"><dt>To</dt><dd>${merchant}</dd><dt>Payment</dt><dd>${intent.id}</dd></dl>
<p class="muted">Your bank wants to know that it is you who pays. Choose how the challenge ends.</p>
${answers(action, secret, 'Complete', 'Fail')}
</section></main>`
}

const answers = (
  action: string,
  secret: string,
  yes: string,
  no: string,
) => html`<form method="post" action="${action}">
<input type="hidden" name="client_secret" value="${secret}">
<button class="primary" name="outcome" value="complete" id="complete" autofocus>${yes}</button>
<button name="outcome" value="fail" id="fail">${no}</button>
</form>`
