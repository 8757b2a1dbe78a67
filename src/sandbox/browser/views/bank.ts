import type Stripe from 'stripe'
import { type Html, html } from '../html.ts'
import { money } from './money.ts'

interface Question {
  intent: Stripe.PaymentIntent
  merchant: string
  action: string
  /** Carried through the form: proves that the page came from the payment itself. */
  secret: string
  /** Where the shopper goes afterwards; empty in a dialog, which stays where it is. */
  returnUrl: string
}

/** The bank's page of a redirect method: authorise or refuse. */
export const bankPage = (question: Question): Html => html`<main><section class="card">
<h1>Authorise this payment</h1>
${facts(question)}
<p class="muted">This is the sandbox's bank. Choose what the shopper does here.</p>
${answers(question, 'Authorise test payment', 'Fail test payment')}
</section></main>`

/** The 3-D Secure challenge of a card's bank. */
export const challengePage = (question: Question): Html => html`<main><section class="card">
<h1>3D Secure: is it you?</h1>
${facts(question)}
<p class="muted">Your bank wants to know that it is you who pays. Choose how the challenge ends.</p>
${answers(question, 'Complete', 'Fail')}
</section></main>`

/** There is nothing to decide here any more. */
export const donePage = (intent: Stripe.PaymentIntent): Html => html`<main><section class="card">
<h1>Thank you</h1>
<p class="muted" id="settled">This payment is no longer waiting: it is ${intent.status.replaceAll('_', ' ')}.</p>
</section></main>`

const facts = ({
  intent,
  merchant,
}: Question) => html`<p class="amount">${money(intent.amount, intent.currency)}</p>
<dl class="facts"><dt>To</dt><dd>${merchant}</dd><dt>Payment</dt><dd>${intent.id}</dd></dl>`

const answers = ({ action, secret, returnUrl }: Question, yes: string, no: string) =>
  html`<form method="post" action="${action}">
<input type="hidden" name="client_secret" value="${secret}">
<input type="hidden" name="return_url" value="${returnUrl}">
<button class="primary" name="outcome" value="complete" id="complete">${yes}</button>
<button name="outcome" value="fail" id="fail">${no}</button>
</form>`
