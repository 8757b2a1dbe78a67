import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import type { Message } from '../mail/letters.ts'
import { findStore } from '../stores/stores.ts'
import type { Cursor } from './cursors.ts'
import type { StripeEvent } from './event.ts'

/** The owner is told at most once in so many days, and a letter is worth sending for so many minutes. */
const DAYS = 7
const WORTH_SENDING = 2 * 24 * 60

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
    const letter = silentMessage(store.owner_email, store.name, cursor, url)
    await deps.mail.post(trx, letter, WORTH_SENDING)
    return true
  })
  if (told) deps.mail.wake()
  return told
}

/** The letter that says so. Nothing is lost; what it costs is time. */
export const silentMessage = (
  to: string,
  storeName: string,
  { mode, endpoints }: Pick<Cursor, 'mode' | 'endpoints'>,
  url: string,
): Message => ({
  to,
  subject: `Stripe's webhooks for ${storeName} do not arrive`,
  heading: `Stripe's webhooks for ${storeName} do not arrive`,
  paragraphs: [
    `Somebody paid or was refunded, and no webhook told us (${mode} mode). We found out by asking Stripe, so no payment is lost, but your shoppers and your orders wait some minutes longer than they should.`,
    endpoints === 0
      ? 'No webhook endpoint is set up for this store. The Payments page shows how, in three steps.'
      : 'A webhook endpoint is set up. It may be disabled or deleted at Stripe, or its signing secret may have changed: the Payments page shows what we know.',
  ],
  action: { label: 'Open Payments', url },
  footnote:
    'You get this because you own the store. As long as webhooks do not arrive we keep asking Stripe, and we write again in a week at the earliest.',
})
