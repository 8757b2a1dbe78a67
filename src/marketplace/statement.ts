import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { findMirrored } from '../mirror/find.ts'
import type { Way } from '../orders/route.ts'
import type { Store } from '../stores/table.ts'
import type { Statement, StatementEntry } from './statement-schemas.ts'
import { findVendor } from './vendors.ts'

type Row = Omit<StatementEntry, 'stripe'> & {
  way: Way
  /** What Stripe's transfer must be, and how much of it taken back, if our ledger is right. */
  expected: number
  reversed: number
}

/**
 * What one vendor sold in a month, what was refunded of it then, what the store keeps and what is the vendor's, held
 * against Stripe's own transfers as the mirror has them. Throws NotFound.
 */
export async function vendorStatement(
  db: Database,
  store: Store,
  vendorId: string,
  month: string,
): Promise<Statement> {
  await findVendor(db, store, vendorId)
  const rows = await entriesOf(db, store, vendorId, month)
  const transfers = await findMirrored(
    db,
    { store_id: store.id, mode: store.mode },
    'transfer',
    rows.flatMap(({ transfer }) => transfer ?? []),
  )
  const entries = rows.map(({ way, expected, reversed, ...entry }): StatementEntry => {
    const mirrored = entry.transfer ? transfers.get(entry.transfer) : undefined
    return { ...entry, stripe: agreementOf(way, mirrored, { expected, reversed }) }
  })
  const total = (part: StatementEntry[], of: 'gross' | 'commission' | 'amount') =>
    part.reduce((sum, entry) => sum + entry[of], 0)
  const byHand = entries.filter(({ stripe }) => stripe === 'by_hand')
  const amount = total(entries, 'amount')
  return {
    vendor_id: vendorId,
    month,
    currency: store.currency,
    entries,
    disputes: await disputesOf(db, store, vendorId, month),
    totals: {
      sales: total(
        entries.filter(({ kind }) => kind === 'sale'),
        'gross',
      ),
      refunds: -total(
        entries.filter(({ kind }) => kind === 'refund'),
        'gross',
      ),
      commission: total(entries, 'commission'),
      amount,
      by_stripe: amount - total(byHand, 'amount'),
      by_hand: total(byHand, 'amount'),
    },
    reconciled: entries.every(({ stripe }) => stripe === 'agrees' || stripe === 'by_hand'),
  }
}

function agreementOf(
  way: Way,
  mirrored: Record<string, unknown> | undefined,
  { expected, reversed }: { expected: number; reversed: number },
): StatementEntry['stripe'] {
  if (way === 'manual_payout') return 'by_hand'
  if (!mirrored) return expected === 0 ? 'agrees' : 'unknown'
  return mirrored.amount === expected && mirrored.amount_reversed === reversed ? 'agrees' : 'differs'
}

/** The moments of a month, in SQL. */
const within = (column: string, month: string) =>
  sql`${sql.ref(column)} >= (${month} || '-01')::timestamp at time zone 'UTC'
    and ${sql.ref(column)} < ((${month} || '-01')::timestamp + interval '1 month') at time zone 'UTC'`

async function entriesOf(db: Database, store: Store, vendorId: string, month: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with own as (
      select s.*, o.confirmation_code, o.reference,
             case s.way when 'destination' then s.amount + s.fee_amount when 'transfer' then s.amount else 0 end as expected,
             coalesce((select sum(case when r.state = 'undone' then r.reversed else r.reverse end)
                       from share_refunds r where r.store_id = s.store_id and r.share_id = s.id), 0)::bigint as reversed
      from shares s
      join orders o on o.store_id = s.store_id and o.id = s.order_id
      where s.store_id = ${store.id}::uuid and s.vendor_id = ${vendorId} and s.mode = ${store.mode}
    ),
    entries as (
      select 'sale' as kind, own.paid_at as at, own.order_id, own.confirmation_code, own.reference, own.gross,
             own.commission, own.amount, own.transfer, own.way, own.expected, own.reversed
      from own where ${within('own.paid_at', month)}
      union all
      select 'refund', r.refunded_at, own.order_id, own.confirmation_code, own.reference, -(r.amount + r.commission),
             -r.commission, -r.amount, own.transfer, own.way, own.expected, own.reversed
      from share_refunds r
      join own on own.id = r.share_id
      where r.store_id = ${store.id}::uuid and r.state <> 'undone' and ${within('r.refunded_at', month)}
    )
    select * from entries order by at, kind desc, order_id`.execute(db)
  return rows
}

async function disputesOf(db: Database, store: Store, vendorId: string, month: string) {
  const { rows } = await sql<Statement['disputes'][number]>`
    select d.id, d.order_id, o.confirmation_code, d.amount, d.status, d.created_at as opened_at
    from disputes d
    join shares s on s.store_id = d.store_id and s.order_id = d.order_id
    join orders o on o.store_id = d.store_id and o.id = d.order_id
    where d.store_id = ${store.id}::uuid and s.vendor_id = ${vendorId} and s.mode = ${store.mode}
      and ${within('d.created_at', month)}
    order by d.created_at, d.id`.execute(db)
  return rows
}
