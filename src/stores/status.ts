import type { Database } from '../db/database.ts'
import { batchStatement, eachByIndex } from '../db/statement.ts'
import type { Mode } from '../lib/mode.ts'
import type { StripeStatus } from './schemas.ts'
import type { Granted } from './table.ts'

type Row = {
  store_mode: Mode
  mode: Mode | null
  account_id: string | null
  key_kind: 'secret' | 'restricted' | null
  state: 'active' | 'invalid' | null
  permissions: Granted | null
  all_events: boolean | null
  endpoints: number
  proven: boolean | null
  /** In ISO 8601, as JSON has it. */
  last_event_at: string | null
}

// Partner platforms poll this: a row for each mode that has a connection, in one round trip, which polls share.
const statusRows = batchStatement<{ store_id: string; partner_id: string | null }, { modes: Row[] }>(
  'stripe_status',
  { store_id: 'uuid', partner_id: 'uuid' },
  `known as (
   select g.nr, row.* from given g cross join lateral (${eachByIndex(`
   select s.mode as store_mode, c.mode, c.account_id, c.key_kind, c.state, c.permissions, c.all_events,
          e.endpoints, e.proven, e.last_event_at
   from stores s
   left join connections c on c.store_id = s.id and c.state in ('active', 'invalid')
   left join lateral (
     select count(*)::int as endpoints, bool_or(proven_at is not null) as proven, max(last_event_at) as last_event_at
     from endpoints
     where store_id = c.store_id and connection_id = c.id and retired_at is null and not connect
   ) e on true
   where s.id = g.store_id and (g.partner_id is null or s.partner_id = g.partner_id)`)}) row
   )
   select nr, json_agg(known) as modes from known group by nr`,
)

const nothing = () => ({
  connected: false,
  account_id: null,
  key_kind: null,
  webhook: 'missing' as const,
  all_events: false,
  last_event_at: null,
  problems: [],
})

/**
 * How a store stands with Stripe. `has_stripe` is about the mode that takes payments now. Undefined when there is
 * no such store, or it is another partner's (`partnerId` null: whoever's it is).
 */
export async function stripeStatus(
  db: Database,
  partnerId: string | null,
  storeId: string,
): Promise<StripeStatus | undefined> {
  const row = await db.gather(statusRows, { store_id: storeId, partner_id: partnerId }, [])
  const [first, ...others] = row?.modes ?? []
  if (!first) return undefined
  const modes: StripeStatus['modes'] = { test: nothing(), live: nothing() }
  for (const row of [first, ...others]) if (row.mode) modes[row.mode] = modeStatus(row)
  const hasStripe = modes[first.store_mode].connected
  return {
    store_id: storeId,
    has_stripe: hasStripe,
    is_live_mode: hasStripe && first.store_mode === 'live',
    modes,
  }
}

function modeStatus(row: Row): StripeStatus['modes']['test'] {
  const problems = []
  if (row.state === 'invalid') problems.push('Invalid API key')
  if (!row.permissions?.payment_intents) problems.push('The key lacks the permission PaymentIntents')
  if (row.endpoints === 0)
    problems.push('No webhook endpoint: payments are confirmed later than they could be')
  return {
    connected: row.state === 'active',
    account_id: row.account_id,
    key_kind: row.key_kind,
    webhook: row.endpoints === 0 ? 'missing' : row.proven ? 'proven' : 'unproven',
    all_events: row.all_events ?? false,
    last_event_at: row.last_event_at === null ? null : new Date(row.last_event_at),
    problems,
  }
}
