import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import { silentMessage, WORTH_SENDING } from '../notifications/owner-letters.ts'
import { findStore } from '../stores/stores.ts'
import type { Cursor } from './cursors.ts'
import type { StripeEvent } from './event.ts'

/** The owner is told at most once in so many days. */
const DAYS = 7

/** An endpoint's last event is noted once a minute at most. In milliseconds. */
const NOTED_EVERY = 60_000

/**
 * Tells the owner when events that an order waited for had to be fetched because no webhook arrives. A single lost
 * one among others that arrive is no silence. True when a letter was written.
 */
export async function tellSilent(deps: Deps, cursor: Cursor, missed: StripeEvent[]): Promise<boolean> {
  const heard = (cursor.last_event_at?.getTime() ?? Number.NEGATIVE_INFINITY) + NOTED_EVERY
  const newest = Math.max(...missed.map(({ created }) => created * 1_000))
  if (missed.length === 0 || heard >= newest) return false

  const store = await findStore(deps.db, cursor.store_id)
  if (!store) return false
  const told = await deps.db.transaction().execute(async trx => {
    const { numUpdatedRows } = await trx
      .updateTable('event_cursors')
      .set({ told_at: sql<Date>`now()` })
      .where('store_id', '=', cursor.store_id)
      .where('connection_id', '=', cursor.connection_id)
      .where(eb =>
        eb.or([
          eb('told_at', 'is', null),
          eb('told_at', '<', sql<Date>`now() - make_interval(days => ${DAYS})`),
        ]),
      )
      .executeTakeFirst()
    if (numUpdatedRows === 0n) return false
    const url = `${deps.config.publicUrl}/portal/${store.id}/payments`
    const letter = silentMessage(store, cursor, url)
    await deps.mail.post(trx, letter, WORTH_SENDING, { store_id: store.id, kind: 'webhook_silent' })
    return true
  })
  if (told) deps.mail.wake()
  return told
}
