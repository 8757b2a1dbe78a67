import { type SelectQueryBuilder, sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { firstIdAt } from '../lib/ids.ts'
import { type Listed, listed, type Part } from '../lib/listing.ts'
import type { Mode } from '../lib/mode.ts'
import { Uuid } from '../lib/wire.ts'
import type { Store } from '../stores/table.ts'
import { type ListedOrder, orders } from './orders.ts'
import type { OrderStatus } from './table.ts'

/** Which orders are wanted; what is left out does not matter. */
export type OrderFilter = {
  /** A confirmation code, an id, a reference or Stripe's id, in full; or the beginning of an e-mail address. */
  search?: string | undefined
  status?: OrderStatus | undefined
  mode?: Mode | undefined
  /** Days (UTC), both of them included. */
  from?: Date | undefined
  to?: Date | undefined
  disputed?: boolean | undefined
}

type Orders = SelectQueryBuilder<Tables & { o: Tables['orders'] }, 'o', ListedOrder>

const DAY = 86_400_000

/** A store's orders that fit, newest first, a page at a time. */
export async function searchOrders(
  db: Database,
  store: Pick<Store, 'id'>,
  filter: OrderFilter,
  { cursor, limit }: Part & { limit: number },
): Promise<Listed<ListedOrder>> {
  let query = narrowed(orders(db, store) as Orders, store, filter)
    .orderBy('o.id', 'desc')
    .limit(limit + 1)
  if (cursor) query = query.where('o.id', '<', cursor)
  return listed(await query.execute(), limit)
}

/** Orders held at a time while all of them are read. */
const PAGE = 500

/** All orders that fit, newest first, read as they are taken: never more than a page of them are held. */
export async function* everyOrder(
  db: Database,
  store: Pick<Store, 'id'>,
  filter: OrderFilter,
): AsyncGenerator<ListedOrder[]> {
  let cursor: string | undefined
  do {
    const { data, next_cursor } = await searchOrders(db, store, filter, { cursor, limit: PAGE })
    if (data.length > 0) yield data
    cursor = next_cursor ?? undefined
  } while (cursor)
}

function narrowed(all: Orders, store: Pick<Store, 'id'>, filter: OrderFilter): Orders {
  const { search, status, mode, from, to, disputed } = filter
  let query = all
  // Written out, since the index of the rare ones is only used where the planner sees which one is meant.
  if (status) query = query.where('o.status', '=', sql.lit(status))
  if (mode) query = query.where('o.mode', '=', mode)
  if (disputed) query = query.where(sql<boolean>`o.disputed`)
  // Ids rise with time, so the primary key leads there; the clock of the database decides to the moment.
  if (from) {
    query = query
      .where('o.id', '>=', firstIdAt(new Date(from.getTime() - DAY)))
      .where('o.created_at', '>=', from)
  }
  if (to) {
    query = query
      .where('o.id', '<', firstIdAt(new Date(to.getTime() + 2 * DAY)))
      .where('o.created_at', '<', new Date(to.getTime() + DAY))
  }
  return search ? query.where('o.id', 'in', found(store, search)) : query
}

/** The ids of what was searched for, each way of finding it on an index of its own. */
function found({ id: store }: Pick<Store, 'id'>, search: string) {
  const code = search.toUpperCase().replace(/[\s-]/g, '')
  const intent = search.startsWith('pi_') ? search : null
  const id = Uuid.safeParse(search).data ?? null
  const email = `${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
  return sql<string>`(
    select id from orders where store_id = ${store} and confirmation_code = ${`${code.slice(0, 4)}-${code.slice(4)}`}
    union all select id from orders where store_id = ${store} and reference = ${search}
    union all select id from orders where store_id = ${store} and lower(customer_email) like ${email}
    union all select ${id}::uuid where ${id}::uuid is not null
    union all select order_id from payments where store_id = ${store} and payment_intent = ${intent})`
}
