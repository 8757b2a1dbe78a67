import type { Database } from '../db/database.ts'
import { batchStatement } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import type { Finding } from './finding.ts'
import { countSettled } from './settled.ts'
import type { Source } from './table.ts'
import {
  applyWhen,
  JUDGE,
  SETTLE_COLUMNS,
  SETTLEMENT,
  type Settlement,
  type SettleValues,
} from './verdict.ts'

const settle = batchStatement<SettleValues, Settlement>(
  'settle',
  SETTLE_COLUMNS,
  `${JUDGE}, ${applyWhen('true')} ${SETTLEMENT}`,
)

/** The values of a Finding, or of an event that is not about a payment. */
export function settleValues(
  finding: (Omit<Finding, 'payment_intent'> & { payment_intent: string | null }) | undefined,
) {
  return {
    payment_intent: finding?.payment_intent ?? null,
    found: finding?.found ?? null,
    amount: finding?.amount ?? null,
    currency: finding?.currency ?? null,
    charge: finding?.charge ?? null,
    failure: finding?.failure ?? null,
    parts: finding?.parts !== undefined,
    destination: finding?.parts?.destination ?? null,
    fee: finding?.parts?.fee ?? null,
  }
}

/**
 * Applies what we learnt by asking Stripe about a payment of ours. Undefined when the PaymentIntent is not one of
 * this store; `contradiction` says what Stripe and we do not agree on, and then nothing was changed. `askedAt`: when
 * the question was sent, since the answer may come late and say what was true before newer events.
 */
export async function settleOrder(
  db: Database,
  payment: { store_id: string; mode: Mode },
  finding: Finding,
  source: Source,
  askedAt: Date,
): Promise<Settlement | undefined> {
  const [settlement] = await db.runEach(settle, [
    { ...askedValues(payment, source, askedAt), ...settleValues(finding) },
  ])
  return counted(settlement, source)
}

/** The values that are the same for whatever was found by asking. */
export const askedValues = (payment: { store_id: string; mode: Mode }, source: Source, askedAt: Date) => ({
  store_id: payment.store_id,
  mode: payment.mode,
  account_id: null,
  // Stripe's clock ticks in seconds; what it did within this one must not seem older than what we saw.
  seen_at: new Date(Math.floor(askedAt.getTime() / 1_000) * 1_000),
  source,
  event_id: null,
})

export function counted(settlement: Settlement | undefined, source: Source): Settlement | undefined {
  if (settlement && settlement.before !== settlement.after) countSettled(source)
  return settlement
}
