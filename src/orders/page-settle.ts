import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import type { PageFinding } from './page-finding.ts'
import { askedValues, counted, settleValues } from './settle.ts'
import type { Source } from './table.ts'
import { applying, judging, SETTLEMENT, type Settlement, type SettleValues } from './verdict.ts'

/**
 * How an order that is paid on Stripe's own page is settled: by the same verb as any other, only that the payment is
 * found by the page, and that its PaymentIntent is learnt once the page is through. Until then events of that
 * PaymentIntent say no more than that an attempt failed: what is paid is only believed of the page that we opened.
 */
export type PageValues = SettleValues & {
  stripe_session: string | null
  payment_id: string | null
  completed: boolean
  tax: number | null
  email: string | null
}

// What an order under Stripe Tax comes to before it, what is put on top, and whether the page may come to that: exactly
// the tax that Stripe says it added, and the same ever after. A declined card of a page whose total we have not heard
// of says nothing about it.
const NET = `((o.totals ->> 'subtotal')::bigint - (o.totals ->> 'discount')::bigint + (o.totals ->> 'shipping')::bigint)`
const ADDED = `case when (o.stripe_tax ->> 'inclusive')::boolean then 0 else :tax::bigint end`
const DIFFERS = `case
    when o.stripe_tax is null or p.stripe_session is null then p.amount <> :amount::bigint
    when :tax::bigint is not null then :tax::bigint < 0 or :amount::bigint <> ${NET} + ${ADDED}
      or p.payment_intent is not null and p.amount <> :amount::bigint
    else p.payment_intent is not null and p.amount <> :amount::bigint end`
const TAXED = 'o.stripe_tax is not null and :completed::boolean and :tax::bigint is not null'

export const JUDGE_PAGE = judging({
  which: `p.id = (
    select id from payments where store_id = :store_id::uuid and stripe_session = :stripe_session::text
    union all
    select id from payments
    where store_id = :store_id::uuid and :stripe_session::text is null and payment_intent = :payment_intent::text
    union all
    select id from payments
    where store_id = :store_id::uuid and :stripe_session::text is null and id = :payment_id::uuid
      and payment_intent is null and stripe_session is not null and :found = 'failed'
    limit 1
  )`,
  differs: DIFFERS,
  wrong: `when :completed::boolean and exists (
            select from payments x where x.store_id = :store_id::uuid and x.payment_intent = :payment_intent::text
              and x.id <> p.id) then 'payment'
          when p.payment_intent <> :payment_intent::text then 'payment'`,
})

export const applyPageWhen = (allowed: string) =>
  applying(allowed, {
    payment:
      // Its amount has been judged: with the tax that Stripe added, where it did.
      'payment_intent = case when :completed::boolean then coalesce(p.payment_intent, :payment_intent::text) else p.payment_intent end, amount = case when :completed::boolean then :amount::bigint else p.amount end,',
    order: `customer_email = coalesce(o.customer_email, :email::text),
        amount = case when ${TAXED} then :amount::bigint else o.amount end,
        totals = case when ${TAXED}
                      then o.totals || jsonb_build_object('tax', ${ADDED}, 'tax_included', :tax::bigint - ${ADDED},
                                                          'total', :amount::bigint)
                      else o.totals end,`,
    // A page that is through takes no second try: who wants to pay after all gets another one.
    over: `(:found in ('succeeded', 'canceled')
            or :found = 'failed' and (:completed::boolean or p.payment_intent is not null))`,
  })

const settle = statement<PageValues, Settlement>(
  'settle_page',
  `with ${JUDGE_PAGE}, ${applyPageWhen('true')} ${SETTLEMENT}`,
)

/** The values of what a page says. */
export const pageValues = (finding: PageFinding) => ({
  ...settleValues(finding),
  stripe_session: finding.stripe_session,
  payment_id: finding.payment_id,
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
  const [settlement] = await db.run(settle, {
    ...askedValues(payment, source, askedAt),
    ...pageValues(finding),
  })
  return counted(settlement, source)
}
