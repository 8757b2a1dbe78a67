import type Stripe from 'stripe'
import { type Html, html } from '../html.ts'

interface Onboarding {
  account: Stripe.Account
  platform: string
  action: string
  session: string
}

/** The hosted onboarding: a few questions, and how it should end. */
export function onboardingPage({ account, platform, action, session }: Onboarding): Html {
  return html`<main><section class="card">
<h1>Get paid through ${platform}</h1>
<p class="muted">Tell Stripe's stand-in who you are. Nothing you enter is checked.</p>
<form method="post" action="${action}">
<input type="hidden" name="session" value="${session}">
${field('email', 'Email', account.email ?? '', 'email', 'email')}
${field('business_name', 'Business name', account.business_profile?.name ?? '', 'organization')}
<div class="field"><label for="business_type">Type of business</label>
<select id="business_type" name="business_type">
${(['individual', 'company', 'non_profit'] as const).map(
  type =>
    html`<option value="${type}" ${account.business_type === type && 'selected'}>${types[type]}</option>`,
)}
</select></div>
${field('iban', 'Bank account', 'DE89 3704 0044 0532 0130 00', 'off')}
<button class="primary" name="outcome" value="enabled" id="finish">Agree and submit</button>
<button name="outcome" value="in_review" id="review">Submit, but stay in review</button>
<button name="outcome" value="unfinished" id="later" formnovalidate>Leave unfinished and return to ${platform}</button>
</form>
</section></main>`
}

const types = { individual: 'Individual', company: 'Company', non_profit: 'Non-profit' }

const field = (name: string, label: string, value: string, autocomplete: string, type = 'text') =>
  html`<div class="field"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" required></div>`

/** A page with one thing to say. */
export const noticePage = (title: string, text: string, link?: { href: string; label: string }): Html =>
  html`<main><section class="card"><h1>${title}</h1><p class="muted">${text}</p>
${link && html`<a class="button" href="${link.href}">${link.label}</a>`}</section></main>`
