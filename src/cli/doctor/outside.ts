import type { Config } from '../../config.ts'
import { knockAtMailServer } from '../../mail/transport.ts'
import { countConnections, lookForDrift } from '../../stores/drift.ts'
import { reachStripe } from '../../stripe/reach.ts'
import { makeStripeAccess } from '../../stripe/stripe.ts'
import { makeVault } from '../../vault/vault.ts'
import { broken, codeOf, type Finding, ok, type Patient, warning } from './finding.ts'

/** Seconds. Webhook signatures are refused at 300 either way, and a delivery takes its time, too. */
const SKEW_WARNING = 30
const SKEW_BROKEN = 240

export async function checkStripe({ stripe }: Config): Promise<Finding[]> {
  try {
    const { ms, skew } = await reachStripe(stripe)
    return [ok('Stripe', `answers within ${ms} ms`), clock(skew)]
  } catch (error) {
    const next = stripe.sandboxPort
      ? 'The sandbox runs beside the service: start it, or set STRIPE_API_URL.'
      : 'Let this machine reach STRIPE_API_URL by HTTPS: DNS, firewall, proxy, certificates.'
    return [broken('Stripe', `does not answer (${codeOf(error)})`, next)]
  }
}

function clock(skew: number | undefined): Finding {
  if (skew === undefined)
    return warning('clock', 'Stripe did not say what time it is', 'Compare it yourself: date -u.')
  const apart = `${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead of'} Stripe’s`
  if (Math.abs(skew) >= SKEW_BROKEN) {
    return broken(
      'clock',
      `${apart}: webhooks are refused for their time`,
      'Let this machine set its clock by NTP.',
    )
  }
  if (Math.abs(skew) >= SKEW_WARNING) return warning('clock', apart, 'Let this machine set its clock by NTP.')
  return ok('clock', 'agrees with Stripe’s')
}

/** How many connections are compared with what Stripe has, when no store is named. */
const SAMPLE = 20

export async function checkEndpoints({ config, db }: Patient, storeId?: string): Promise<Finding[]> {
  const { active, invalid, silent } = await countConnections({ db })
  const found: Finding[] = []
  if (invalid > 0) {
    found.push(
      warning(
        'connections',
        `Stripe refuses the keys of ${invalid}`,
        'Their owners were told by mail; ask them.',
      ),
    )
  }
  if (silent > 0) {
    found.push(
      warning(
        'webhook endpoints',
        `${silent} of ${active} connections have none: their orders are settled by the sweeper, minutes later`,
        'Their keys lack "Webhook Endpoints: write", or a signing secret has to be pasted in the portal.',
      ),
    )
  }
  const stripe = makeStripeAccess(config.stripe, makeVault(config.masterKeys))
  const { looked, troubles } = await lookForDrift({ config, db, stripe }, SAMPLE, storeId)
  stripe.close()
  for (const { store_id, mode, what } of troubles) {
    found.push(
      warning(
        'webhook endpoints',
        `that of ${store_id} (${mode}) ${what}`,
        'It is mended within a day, by itself.',
      ),
    )
  }
  return found.length > 0
    ? found
    : [ok('webhook endpoints', `as they should be, ${looked} of ${active} looked at`)]
}

export async function checkMail({ mail, dataDir }: Config): Promise<Finding> {
  if (!mail) return ok('mail', `kept in ${dataDir}/mail`)
  try {
    await knockAtMailServer(mail)
    return ok('mail', 'the server lets us in')
  } catch (error) {
    const next =
      codeOf(error) === 'EAUTH'
        ? 'Check user and password in SMTP_URL.'
        : 'Check host, port and TLS in SMTP_URL.'
    return broken('mail', `the server does not let us in (${codeOf(error)})`, next)
  }
}
