import type { Database } from '../db/database.ts'
import { batchStatement, type Columns } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import type { PageFinding } from './page-finding.ts'
import { askedValues, counted, settleValues } from './settle.ts'
import type { Source } from './table.ts'
import {
  applying,
  judging,
  SETTLE_COLUMNS,
  SETTLEMENT,
  type Settlement,
  type SettleValues,
} from './verdict.ts'

/**
 * How an order that is paid on Stripe's own page is settled: by the same verb as any other, only that the payment is
 * found by the page, and that its PaymentIntent is learnt once the page is through. Until then events of that
 * PaymentIntent say no more than that an attempt failed: what is paid is only believed of the page that we opened.
 */
type PageValues = SettleValues & {
  stripe_session: string | null
  named_payment: string | null
  completed: boolean
  tax: number | null
  email: string | null
}

export const PAGE_COLUMNS: Columns<PageValues> = {
  ...SETTLE_COLUMNS,
  stripe_session: 'text',
  named_payment: 'uuid',
  completed: 'boolean',
  tax: 'bigint',
  email: 'text',
}

// What an order under Stripe Tax comes to before it, what is put on top, and whether the page may come to that: exactly
// the tax that Stripe says it added, and the same ever after. A declined card of a page whose total we have not heard
// of says nothing about it.
const NET = `((o.totals ->> 'subtotal')::bigint - (o.totals ->> 'discount')::bigint + (o.totals ->> 'shipping')::bigint)`
const added = (news: 'g' | 'c') =>
  `case when (o.stripe_tax ->> 'inclusive')::boolean then 0 else ${news}.tax end`
const DIFFERS = `case
    when o.stripe_tax is null or p.stripe_session is null then p.amount <> g.amount
    when g.tax is not null then g.tax < 0 or g.amount <> ${NET} + ${added('g')}
      or p.payment_intent is not null and p.amount <> g.amount
    else p.payment_intent is not null and p.amount <> g.amount end`
const TAXED = 'o.stripe_tax is not null and c.completed and c.tax is not null'

export const JUDGE_PAGE = judging({
  which: `p.id = (
    select x.id from payments x where x.store_id = g.store_id and x.stripe_session = g.stripe_session
    union all
    select x.id from payments x
    where x.store_id = g.store_id and g.stripe_session is null and x.payment_intent = g.payment_intent
    union all
    select x.id from payments x
    where x.store_id = g.store_id and g.stripe_session is null and x.id = g.named_payment
      and x.payment_intent is null and x.stripe_session is not null and g.found = 'failed'
    limit 1
  )`,
  differs: DIFFERS,
  wrong: `when g.completed and exists (
            select from payments x where x.store_id = g.store_id and x.payment_intent = g.payment_intent
              and x.id <> p.id) then 'payment'
          when p.payment_intent <> g.payment_intent then 'payment'`,
})

export const applyPageWhen = (allowed: string) =>
  applying(allowed, {
    payment:
      // Its amount has been judged: with the tax that Stripe added, where it did.
      'payment_intent = case when c.completed then coalesce(p.payment_intent, c.payment_intent) else p.payment_intent end, amount = case when c.completed then c.amount else p.amount end,',
    order: `customer_email = coalesce(o.customer_email, c.email),
        amount = case when ${TAXED} then c.amount else o.amount end,
        totals = case when ${TAXED}
                      then o.totals || jsonb_build_object('tax', ${added('c')}, 'tax_included', c.tax - ${added('c')},
                                                          'total', c.amount)
                      else o.totals end,`,
    // A page that is through takes no second try: who wants to pay after all gets another one.
    over: `(c.found in ('succeeded', 'canceled')
            or c.found = 'failed' and (c.completed or p.payment_intent is not null))`,
  })

const settle = batchStatement<PageValues, Settlement>(
  'settle_page',
  PAGE_COLUMNS,
  `${JUDGE_PAGE}, ${applyPageWhen('true')} ${SETTLEMENT}`,
)

/** The values of what a page says. */
export const pageValues = (finding: PageFinding) => ({
  ...settleValues(finding),
  stripe_session: finding.stripe_session,
  named_payment: finding.payment_id,
  completed: finding.completed,
  tax: finding.tax,
  email: finding.email,
})

/** What settleOrder does, by what Stripe says of its page. */
export async function settlePage(
  db: Database,
  payment: { store_id: string; mode: Mode },
  finding: PageFinding,
  source: Source,
  askedAt: Date,
): Promise<Settlement | undefined> {
  const [settlement] = await db.runEach(settle, [
    { ...askedValues(payment, source, askedAt), ...pageValues(finding) },
  ])
  return counted(settlement, source)
}
