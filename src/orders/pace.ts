import { createHash } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import { statement } from '../db/statement.ts'
import { counter } from '../lib/metrics.ts'
import { TooManyRequests } from '../lib/problem.ts'

/**
 * Keeps card testers and hoarders slow: whoever presses pay or opens checkouts too often waits, the longer the more
 * often. Counted in the statements that do the work, so that it costs those who behave no round trip. Seconds.
 */
const KINDS = {
  /** Twenty at once, and then one each half minute; waits grow to a quarter of an hour. */
  pay: { capacity: 20, leak: 30, most: 50 },
  /** What is opened holds stock for a quarter of an hour: thirty at once, and then one a minute. */
  open: { capacity: 30, leak: 60, most: 60 },
  /** The merchant pays for what Stripe Tax is asked: sixty at once, and then one each half minute. */
  tax: { capacity: 60, leak: 30, most: 90 },
} as const

/** So many declines in ten minutes at one store are an attack: then few tries from each address are enough. */
const ATTACK = { declines: 100, capacity: 3 }

/** Declines of one order that cost no time; from then on the wait doubles with each. */
const FREE_DECLINES = 3
const FIRST_WAIT = 15
const LONGEST_WAIT = 900

/** After so many within a quarter of an hour the PaymentIntent is taken away: the next one has to be asked for. */
const TOO_MANY_DECLINES = 8

const held = counter(
  'held_back_total',
  'Tries to pay, to open a checkout or to have a tax worked out that had to wait',
  ['what'],
)

/** Part of a statement: counts tries; `tries` is SQL that selects the store and who tries, each of them once. */
export const countTry = (kind: keyof typeof KINDS, tries: string): string => `
  pace as (
    insert into paces as known (store_id, kind, who, level)
    select tries.store_id, '${kind}', tries.who, 1 from (${tries}) as tries (store_id, who)
    on conflict (store_id, kind, who) do update
      set level = least(greatest(known.level - extract(epoch from now() - known.at) / ${KINDS[kind].leak}, 0) + 1,
                        ${KINDS[kind].most}),
          at = now()
    returning known.store_id, known.who, known.level
  )`

const waitFor = (kind: 'open' | 'tax', level: string): string => `
  greatest(0, ceil((${level} - ${KINDS[kind].capacity}) * ${KINDS[kind].leak}))::int`

/** Seconds to wait before opening, by the `level` of `pace`. */
export const waitToOpen = (level: string): string => waitFor('open', level)

/** Seconds to wait before paying the order of `session`. */
export const WAIT_TO_PAY = `
  select greatest(0,
    ceil(((select level from pace) - case when attack.on then ${ATTACK.capacity} else ${KINDS.pay.capacity} end)
         * ${KINDS.pay.leak}),
    case when d.declines > ${FREE_DECLINES} then ceil(extract(epoch from
      d.last_at + make_interval(secs => least(${FIRST_WAIT} * 2.0 ^ least(d.declines - ${FREE_DECLINES} - 1, 10), ${LONGEST_WAIT}))
      - now())) end)::int as wait
  from session
  cross join lateral (
    select count(*) as declines, max(t.at) as last_at from order_timeline t
    where t.store_id = :store_id::uuid and t.order_id = session.order_id and t.status = 'failed'
  ) d
  cross join lateral (
    select count(*) >= ${ATTACK.declines} as on from (
      select from order_timeline t
      where t.store_id = :store_id::uuid and t.status = 'failed' and t.at > now() - interval '10 minutes'
      limit ${ATTACK.declines}
    ) failed
  ) attack`

/** Throws TooManyRequests when there is something to wait for. */
export function holdBack(what: keyof typeof KINDS, wait: number): void {
  if (wait <= 0) return
  held.inc({ what })
  throw new TooManyRequests({
    detail: `Nothing was charged. Try again in ${wait} seconds.`,
    retryAfter: wait,
  })
}

const countQuestion = statement<{ store_id: string; who: Buffer }, { wait: number }>(
  'count_tax_question',
  `with ${countTry('tax', 'select :store_id::uuid, :who::bytea')} select ${waitFor('tax', '(select level from pace)')} as wait`,
)

/**
 * Counts a question to Stripe Tax, of whichever order. A round trip of its own: Stripe's takes longer. Throws
 * TooManyRequests.
 */
export async function holdBackQuestion(db: Database, storeId: string, ip: string | undefined): Promise<void> {
  const who = ip === undefined ? null : whoAsks(storeId, ip)
  if (!who) return
  const [counted] = await db.run(countQuestion, { store_id: storeId, who })
  holdBack('tax', counted?.wait ?? 0)
}

/**
 * Who asks, as a store counts them. Null for an address of an inner network: that is a proxy nobody told us of
 * (TRUST_PROXY), and all shoppers would be one.
 */
export function whoAsks(storeId: string, ip: string): Buffer | null {
  if (!ipaddr.isValid(ip)) return null
  const address = ipaddr.process(ip)
  if (INNER.includes(address.range())) return null
  const bytes = address.toByteArray()
  const network = bytes.length === 16 ? bytes.slice(0, 8) : bytes
  return createHash('sha256')
    .update(`${storeId} ${network.join('.')}`)
    .digest()
    .subarray(0, 16)
}

const INNER = ['loopback', 'private', 'uniqueLocal', 'linkLocal', 'unspecified']

/** Forgets who has not tried for so long that nothing is counted any more. */
export async function forgetPaces(db: Database): Promise<void> {
  await sql`delete from paces where at < now() - interval '2 hours'`.execute(db)
}

/** The orders whose open payment was declined too often just now: somebody tests cards on it. */
export async function testedOrders(db: Database): Promise<{ store_id: string; order_id: string }[]> {
  const { rows } = await sql<{ store_id: string; order_id: string }>`
    select p.store_id, p.order_id from payments p
    where p.closed_at is null and p.found = 'failed' and p.stripe_session is null
      and p.found_at > now() - interval '15 minutes'
      and ${TOO_MANY_DECLINES} <= (
        select count(*) from order_timeline t
        where t.store_id = p.store_id and t.order_id = p.order_id and t.status = 'failed'
          and t.at > now() - interval '15 minutes')
    limit 50`.execute(db)
  return rows
}
