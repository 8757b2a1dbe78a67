import type { Mode } from '../lib/mode.ts'
import type { StripeStatus } from '../stores/schemas.ts'
import { type StripeTaxStanding, standingWords } from '../stores/taxes.ts'
import type { Delivery } from '../webhooks/deliveries.ts'
import { REFUSAL_CURE } from './words.ts'

type Finding = {
  tone: 'good' | 'warn' | 'bad'
  heading: string
  text: string
  link?: { path: string; label: string }
}

/** From the last so many deliveries on, fetched ones mean that webhooks do not arrive. */
const SILENT_AFTER = 3

/**
 * What is wrong between Stripe and us, most pressing first, each with what to do; or that nothing is. `tax` is for a
 * store whose taxes Stripe Tax works out.
 */
export function findingsOf(
  status: StripeStatus['modes']['test'],
  mode: Mode,
  deliveries: Delivery[],
  tax?: StripeTaxStanding,
): Finding[] {
  const findings = [
    connectionFinding(status, mode),
    taxFinding(mode, tax),
    contradictionFinding(deliveries),
    refusalFinding(deliveries),
    silenceFinding(status, deliveries),
  ].filter(finding => finding !== undefined)
  if (findings.length > 0) return findings
  return [
    {
      tone: 'good',
      heading: 'Stripe and Owntill understand each other',
      text: 'An order that is still open waits for its shopper or their bank.',
    },
  ]
}

function connectionFinding(status: StripeStatus['modes']['test'], mode: Mode): Finding | undefined {
  const link = { path: '/payments', label: 'Open Payments' }
  if (status.account_id && !status.connected) {
    return { tone: 'bad', heading: 'Invalid API key', text: 'Stripe rejects the key. Replace it.', link }
  }
  if (!status.connected) {
    return {
      tone: 'bad',
      heading: `Stripe is not connected in ${mode} mode`,
      text: 'Connect your keys.',
      link,
    }
  }
  if (status.webhook === 'missing') {
    return {
      tone: 'warn',
      heading: 'Stripe has no address to report to',
      text: 'Payments are still confirmed, by asking Stripe, but later than they could be. Set up the webhook.',
      link: { path: '/payments#webhook', label: 'Set up the webhook' },
    }
  }
  return undefined
}

// Without a connection the finding before it says all there is to do.
function taxFinding(mode: Mode, tax: StripeTaxStanding | undefined): Finding | undefined {
  if (!tax || tax.standing === 'not_connected' || tax.standing === 'invalid_key') return undefined
  const text = standingWords(tax, mode)
  const link = { path: '/pricing/tax-method', label: 'Open Taxes' }
  switch (tax.standing) {
    case 'active':
      return tax.registered ? undefined : { tone: 'warn', heading: 'No tax is collected', text, link }
    case 'unreachable':
      return { tone: 'warn', heading: 'Stripe Tax could not be asked', text }
    default:
      return { tone: 'bad', heading: 'Stripe Tax works out no taxes: nobody can pay', text, link }
  }
}

function contradictionFinding(deliveries: Delivery[]): Finding | undefined {
  if (!deliveries.some(({ outcome }) => outcome === 'quarantined')) return undefined
  return {
    tone: 'warn',
    heading: 'Stripe reported something that contradicts an order',
    text: 'It was not applied. Somebody has to decide.',
    link: { path: '/orders/quarantine', label: 'Open contradictions' },
  }
}

// Only while nothing newer was taken: a refusal that was cured is history.
function refusalFinding(deliveries: Delivery[]): Finding | undefined {
  const [newest] = deliveries.filter(({ fetched }) => !fetched)
  if (!newest?.refusal) return undefined
  return {
    tone: 'bad',
    heading: 'The last delivery was refused',
    text: REFUSAL_CURE[newest.refusal],
    link: { path: '/payments#webhook', label: 'Open Webhook Configuration' },
  }
}

function silenceFinding(status: StripeStatus['modes']['test'], deliveries: Delivery[]): Finding | undefined {
  const taken = deliveries.filter(({ outcome }) => outcome)
  const silent = taken.length >= SILENT_AFTER && taken.slice(0, SILENT_AFTER).every(({ fetched }) => fetched)
  if (silent) {
    return {
      tone: 'warn',
      heading: 'Webhooks do not arrive',
      text: 'The last events were found by asking Stripe. Look at your webhook’s deliveries in Stripe’s dashboard: it shows the answer that it got.',
    }
  }
  if (status.webhook !== 'unproven') return undefined
  return {
    tone: 'warn',
    heading: 'Nothing has arrived from Stripe yet',
    text: 'Send a test event from the webhook’s page in Stripe’s dashboard. It appears below within seconds, or the dashboard says why not.',
  }
}
