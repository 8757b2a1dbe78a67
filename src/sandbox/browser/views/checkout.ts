import type Stripe from 'stripe'
import { type Html, html } from '../html.ts'
import { money } from './money.ts'

interface Checkout {
  session: Stripe.Checkout.Session
  lines: Stripe.LineItem[]
  merchant: string
  publishableKey: string
  /** Why the last attempt failed, in the bank's words. */
  failure: string | null
}

/** Stripe's hosted checkout, as the sandbox shows it: what is bought, and how it is paid. */
export function checkoutPage({ session, lines, merchant, publishableKey, failure }: Checkout): Html {
  const total = money(session.amount_total!, session.currency!)
  const countries = session.shipping_address_collection?.allowed_countries
  return html`<main class="checkout">
<section class="summary" aria-label="Order">
${session.cancel_url && html`<p><a href="${session.cancel_url}" id="cancel">← Back to ${merchant}</a></p>`}
<h1>Pay ${merchant}</h1>
<p class="amount">${total}</p>
<ul class="lines">${lines.map(line)}</ul>
${totals(session)}
</section>
<section class="card" aria-label="Payment">
<form id="checkout" data-session="${session.id}" data-key="${publishableKey}" data-amount="${session.amount_total}"
 data-currency="${session.currency}" data-methods="${session.payment_method_types.join(' ')}"
 data-locale="${session.locale ?? 'auto'}" data-countries="${countries?.join(' ')}" data-tax="${session.automatic_tax.enabled && 'automatic'}">
<div class="field"><label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="email" required value="${session.customer_email}"
 ${session.customer_email && 'readonly'}></div>
${(countries || session.automatic_tax.enabled) && html`<div id="address"></div>`}
<div id="payment"></div>
<p class="error" id="error" role="alert">${failure}</p>
<button class="primary" id="pay" disabled>Pay ${total}</button>
</form>
</section>
</main>`
}

const line = ({ description, quantity, amount_subtotal, currency, price }: Stripe.LineItem) =>
  html`<li><span>${description}</span><span class="number">${money(amount_subtotal, currency)}</span>
<span class="muted">${(quantity ?? 1) > 1 && html`${quantity} × ${money(price?.unit_amount ?? 0, currency)}`}</span></li>`

function totals({ currency, amount_subtotal, amount_total, total_details }: Stripe.Checkout.Session): Html {
  const { amount_discount = 0, amount_shipping = 0, amount_tax = 0 } = total_details ?? {}
  const row = (label: string, amount: number) =>
    html`<dt>${label}</dt><dd class="number">${money(amount, currency!)}</dd>`
  return html`<dl class="facts totals">
${row('Subtotal', amount_subtotal!)}
${amount_discount > 0 && row('Discount', -amount_discount)}
${amount_shipping ? row('Shipping', amount_shipping) : null}
${amount_tax > 0 && row('Tax', amount_tax)}
<dt class="total">Total due</dt><dd class="number total">${money(amount_total!, currency!)}</dd></dl>`
}
