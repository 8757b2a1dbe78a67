import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { activeConnection } from '../stores/connections.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { failureOf } from '../stripe/errors.ts'
import { askPage, complete, keepableText } from './ask.ts'
import type { StoreMode } from './cursors.ts'
import { cutShort, KINDS, type Kind } from './kinds.ts'
import { normalise } from './normalise.ts'
import { makePatience } from './patience.ts'

type Compared = {
  type: string
  /** Why the kind could not be compared; the numbers are then 0. */
  unread?: 'forbidden' | 'refused'
  at_stripe: number
  in_mirror: number
  /** At Stripe, and not in the mirror. */
  missing: number
  /** In both, and not the same. */
  different: number
  /** In the mirror, and in none of Stripe's lists. */
  extra: number
}

type Values = { store_id: string; mode: Mode; objects: string }

const compare = statement<Values, { missing: number; different: number }>(
  'compare_objects',
  `select count(*) filter (where m.id is null)::int as missing,
          count(*) filter (where m.object <> o or m.deleted)::int as different
   from jsonb_array_elements(:objects::jsonb) o
   left join stripe_objects m on m.store_id = :store_id::uuid and m.mode = :mode::text and m.account = ''
     and m.type = o ->> 'object' and m.id = o ->> 'id'`,
)

/**
 * Lists kinds at Stripe once more and compares them with the mirror, object by object, without changing anything.
 * `onProgress` is told how many were compared. Throws StoreNotConnected, and Stripe's error when it cannot be asked.
 */
export async function verifyMirror(
  deps: Deps,
  place: StoreMode,
  types: string[] = KINDS.map(({ type }) => type),
  onProgress: (compared: number) => void = () => undefined,
): Promise<Compared[]> {
  const connection = await activeConnection(deps.db, place.store_id, place.mode)
  if (!connection) throw new StoreNotConnected()
  const client = deps.stripe.clientFor(connection)
  const patiently = makePatience()
  let compared = 0

  async function compareKind(kind: Kind): Promise<Compared> {
    const found: Compared = {
      type: kind.type,
      at_stripe: 0,
      in_mirror: 0,
      missing: 0,
      different: 0,
      extra: 0,
    }
    let after: string | undefined
    do {
      const { body } = await patiently(() => askPage(client, kind, { after }))
      for (const object of body.data) {
        if (cutShort(object)) await patiently(() => complete(client, object))
        normalise(object)
      }
      if (body.data.length > 0) {
        const [page] = await deps.db.run(compare, { ...place, objects: keepableText(body.data) })
        found.missing += page!.missing
        found.different += page!.different
      }
      found.at_stripe += body.data.length
      compared += body.data.length
      onProgress(compared)
      after = body.has_more ? String(body.data.at(-1)?.id) : undefined
    } while (after)
    found.in_mirror = await countKind(deps, place, kind.type)
    found.extra = Math.max(found.in_mirror - (found.at_stripe - found.missing), 0)
    return found
  }

  const all: Compared[] = []
  for (const kind of KINDS.filter(({ type }) => types.includes(type))) {
    try {
      all.push(await compareKind(kind))
    } catch (error) {
      const failure = failureOf(error)
      if (failure !== 'missing_permission' && failure !== 'refused') throw error
      const unread = failure === 'refused' ? 'refused' : 'forbidden'
      all.push({ type: kind.type, unread, at_stripe: 0, in_mirror: 0, missing: 0, different: 0, extra: 0 })
    }
  }
  return all
}

/** Whether the mirror has what Stripe has. Stripe lists no payment methods that belong to nobody. */
export const isSame = ({ type, missing, different, extra }: Compared): boolean =>
  missing === 0 && different === 0 && (extra === 0 || type === 'payment_method')

async function countKind({ db }: Deps, { store_id, mode }: StoreMode, type: string): Promise<number> {
  const { count } = await db
    .selectFrom('stripe_objects')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('store_id', '=', store_id)
    .where('mode', '=', mode)
    .where('account', '=', '')
    .where('type', '=', type)
    .where('deleted', '=', false)
    .executeTakeFirstOrThrow()
  return Number(count)
}
