import { sql } from 'kysely'
import type { Database } from '../db/database.ts'

/**
 * Why a delivery was not taken: its signature header is missing or malformed, its time is off, its body is no event,
 * or no secret that we have signed it.
 */
export type Refusal = 'header' | 'time' | 'body' | 'secret'

/** How often what was noted is written down, in milliseconds, and how many different things are noted until then. */
const EVERY = 1_000
const MOST_NOTED = 500

/** How long they are kept, in days: longer than Stripe tries a delivery. */
const DAYS = 14

type Noted = { store_id: string; token: string | null; reason: Refusal; times: number; last_at: Date }

export type Refusals = ReturnType<typeof makeRefusals>

/**
 * Counts what was refused, for the owner who looks for the reason of a silence. Strangers can cause refusals, so they
 * are counted in memory, forgotten beyond a limit, and written down a few rows at a time: a flood of them costs
 * the database next to nothing, and of what was sent nothing is kept. `failed` is told what could not be written.
 */
export function makeRefusals(db: Database, failed: (error: unknown) => void) {
  let noted = new Map<string, Noted>()

  async function write(): Promise<void> {
    if (noted.size === 0) return
    const rows = [...noted.values()]
    noted = new Map()
    try {
      await keep(db, rows)
    } catch (error) {
      failed(error) // they are figures: not worth keeping for a database that is away
    }
  }
  const timer = setInterval(write, EVERY).unref()

  return {
    /** `token` is of the endpoint's own URL; without one it came to the URL that all share. */
    note(storeIds: string[], reason: Refusal, token: Buffer | null = null): void {
      for (const store_id of storeIds) {
        const key = `${store_id} ${reason} ${token?.toString('hex')}`
        const before = noted.get(key)
        if (!before && noted.size >= MOST_NOTED) return
        noted.set(key, {
          store_id,
          token: token?.toString('hex') ?? null,
          reason,
          times: (before?.times ?? 0) + 1,
          last_at: new Date(),
        })
      }
    },

    /** Writes down what is left. */
    async close(): Promise<void> {
      clearInterval(timer)
      await write()
    },
  }
}

// Ids of stores and tokens were sent by anybody: only those that exist are written down.
const keep = (db: Database, rows: Noted[]) =>
  sql`
    insert into refused_deliveries as r (store_id, hour, url, reason, times, last_at)
    select n.store_id, date_trunc('hour', n.last_at), n.url, n.reason, sum(n.times), max(n.last_at)
    from (
      select *, case when token is null then 'shared' else 'own' end as url
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as r(store_id uuid, token text, reason text, times integer, last_at timestamptz)
    ) n
    join stores s on s.id = n.store_id
    where n.token is null or exists (
      select from endpoints e where e.store_id = n.store_id and e.token_digest = decode(n.token, 'hex'))
    group by 1, 2, 3, 4
    on conflict (store_id, hour, url, reason) do update
    set times = r.times + excluded.times, last_at = greatest(r.last_at, excluded.last_at)`.execute(db)

/** Forgets refusals older than two weeks. Returns how many rows. */
export async function purgeRefusals(db: Database): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('refused_deliveries')
    .where('hour', '<', sql<Date>`now() - make_interval(days => ${DAYS})`)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
