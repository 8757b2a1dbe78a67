import { resources } from '../api/index.ts'
import type { Books } from '../engine/books.ts'
import { eventObject } from '../engine/events.ts'
import { alone, World } from '../engine/world.ts'
import { authenticate, decide } from '../payments/attempt.ts'
import { cancel, capture } from '../payments/capture.ts'
import { Charges } from '../payments/charges.ts'
import { confirm } from '../payments/confirming.ts'
import { closeDispute, Disputes } from '../payments/disputes.ts'
import { newIntent } from '../payments/intents.ts'
import { methodNamed } from '../payments/methods.ts'
import { failRefund, refund } from '../payments/refunds.ts'

const prefixes: Record<string, string> = {
  account: 'acct',
  'checkout.session': 'cs_test',
  customer: 'cus',
  payout: 'po',
}
let examples: Books | undefined

/**
 * What the dashboard's "Send test webhook" sends: an example object under ids that are the same every time
 * (`evt_00000000000000`, `pi_00000000000000`), never about anything that exists.
 */
export function testEvent(type: string, version: string | null): object {
  examples ??= playExamples()
  const example = [...examples.events.newest()].find(event => event.type === type)
  const family = type.slice(0, type.lastIndexOf('.'))
  const event = eventObject(examples, example ?? examples.events.newest().next().value!, version)
  // Of what the examples did not live through, an object with an id and nothing else must do.
  const bare = { object: { id: `${prefixes[family] ?? family}_00000000000000`, object: family } }
  const anonymous = JSON.stringify(example ? event : { ...event, type, data: bare })
    .replaceAll(/"(pi|ch|re|txn|pm|dp|evt)_[A-Za-z0-9]+"/g, '"$1_00000000000000"')
    .replaceAll(/"pi_[A-Za-z0-9]+_secret_[A-Za-z0-9]+"/g, '"pi_00000000000000_secret_00000000000000"')
  return { ...(JSON.parse(anonymous) as object), created: 1326853478, pending_webhooks: 1, request: null }
}

/** Lives through one of everything, in an account of nobody, to have something to show. */
function playExamples(): Books {
  const world = new World(resources)
  const books = world.of('acct_100000000000000', false)
  const context = alone(world, books)
  const pay = (card: string, capture_method: 'automatic' | 'manual' = 'automatic') => {
    const intent = newIntent(context, {
      amount: 2000,
      currency: 'usd',
      capture_method,
      payment_method_types: ['card', 'us_bank_account'],
    })
    const method = methodNamed(context, card)
    try {
      confirm(context, intent, method, { off_session: false })
    } catch {
      // A decline is thrown after it was written down, and being written down is all that is wanted here.
    }
    return intent
  }
  const chargeOf = (intent: { latest_charge: unknown }) => books.need(Charges, String(intent.latest_charge))
  failRefund(context, refund(context, chargeOf(pay('pm_card_visa')), {}), 'lost_or_stolen_card')
  pay('pm_card_chargeDeclined')
  pay('pm_card_createDispute')
  for (const dispute of books.of(Disputes).newest()) closeDispute(context, dispute, true)
  capture(context, pay('pm_card_visa', 'manual'), {})
  cancel(context, pay('pm_card_visa', 'manual'), 'abandoned')
  authenticate(context, pay('pm_card_threeDSecure2Required'), true)
  decide(context, pay('pm_usBankAccount_processing'), true)
  world.close()
  return books
}
