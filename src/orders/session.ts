import type { FrozenDiscount } from '../catalog/redemptions.ts'
import type { Database } from '../db/database.ts'
import { batchStatement, eachByIndex, statement } from '../db/statement.ts'
import { readStoreToken } from '../lib/ids.ts'
import type { Mode } from '../lib/mode.ts'
import type { Totals } from '../pricing/price.ts'
import type { Failure, FrozenShipping, FrozenStripeTax, OrderLine, OrderStatus, Ui } from './table.ts'

/** A checkout session with all that its page shows, whatever state the order is in. */
export type Session = {
  store_id: string
  session_id: string
  order_id: string
  ui: Ui
  mode: Mode
  status: OrderStatus
  expired: boolean
  expires_at: Date
  confirmation_code: string
  amount: number
  amount_refunded: number
  currency: string
  lines: OrderLine[]
  totals: Totals
  discount: FrozenDiscount | null
  shipping: FrozenShipping | null
  stripe_tax: FrozenStripeTax | null
  /** Where it may be sent; null when it asks for no address. */
  shipping_countries: string[] | null
  /** Until it ends, what is counted of it is kept from everybody else. */
  held: boolean
  /** The store has codes to apply. */
  has_discounts: boolean
  customer_email: string | null
  locale: string | null
  failure: Failure | null
  paid_at: Date | null
  success_url: string | null
  cancel_url: string | null
  store_name: string
  logo_url: string | null
  color: string | null
  /** Null when the store has no working connection in the order's mode. */
  publishable_key: string | null
}

// The whole page from one round trip, which pages asked for at the same time share. The digest is in hexadecimal.
const selectSession = batchStatement<{ store_id: string; token_digest: string }, Session>(
  'select_session',
  { store_id: 'uuid', token_digest: 'text' },
  `found as (
   select g.nr, page.* from given g cross join lateral (${eachByIndex(`
   select cs.store_id, cs.id as session_id, o.id as order_id, cs.ui, o.mode, o.status, cs.expires_at <= now() as expired,
          cs.expires_at, o.confirmation_code, o.amount, o.amount_refunded, o.currency, o.lines, o.totals, o.discount, o.shipping, o.stripe_tax,
          cs.shipping_countries,
          exists (select from stock_holds h where h.store_id = o.store_id and h.order_id = o.id and h.state = 'held') as held,
          exists (select from discounts d where d.store_id = cs.store_id and d.active) as has_discounts, o.customer_email,
          o.locale, o.failure, o.paid_at, cs.success_url, cs.cancel_url, s.name as store_name, s.logo_url, s.color,
          c.publishable_key
   from checkout_sessions cs
   join orders o on o.store_id = cs.store_id and o.id = cs.order_id
   join stores s on s.id = cs.store_id
   left join payments p on p.store_id = o.store_id and p.order_id = o.id and p.closed_at is null
   left join connections c on c.store_id = o.store_id and c.mode = o.mode
     and case when p.connection_id is null then c.state = 'active' else c.id = p.connection_id and c.state <> 'invalid' end
   where cs.store_id = g.store_id and cs.token_digest = decode(g.token_digest, 'hex')`)}) page
   )
   select * from found`,
)

const selectStatus = statement<
  { store_id: string; token_digest: Buffer },
  { status: OrderStatus; expired: boolean }
>(
  'select_session_status',
  `select o.status, cs.expires_at <= now() as expired
   from checkout_sessions cs
   join orders o on o.store_id = cs.store_id and o.id = cs.order_id
   where cs.store_id = :store_id::uuid and cs.token_digest = :token_digest::bytea`,
)

/** The session a token opens; undefined when there is none, whatever was wrong with the token. */
export async function findSession(db: Database, token: string): Promise<Session | undefined> {
  const read = readStoreToken(token)
  if (!read) return undefined
  return db.gather(selectSession, { store_id: read.store_id, token_digest: read.digest.toString('hex') }, [])
}

/** How the order of a session stands: `expired` as soon as its time is over and nothing is under way. */
export async function sessionStatus(db: Database, token: string): Promise<OrderStatus | undefined> {
  const read = readStoreToken(token)
  if (!read) return undefined
  const [row] = await db.run(selectStatus, { store_id: read.store_id, token_digest: read.digest })
  return row && statusNow(row)
}

/** The status with the clock taken into account: the sweeper writes it down a little later. */
export function statusNow({ status, expired }: { status: OrderStatus; expired: boolean }): OrderStatus {
  return expired && (status === 'pending' || status === 'failed') ? 'expired' : status
}
