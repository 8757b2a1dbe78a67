import { type Kysely, sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { newId } from '../lib/ids.ts'
import { counter } from '../lib/metrics.ts'
import { reveal, Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'
import type { Place, Vault } from '../vault/vault.ts'
import { type Letter, letterOf, type Message } from './letters.ts'
import type { LetterKind } from './table.ts'
import { makeTransport } from './transport.ts'

const letters = counter('letters_total', 'Letters handed to the mail server, by whether it took them', [
  'outcome',
])

/** A letter is tried after 1, 2, 4 … minutes; after this many tries it is given up. */
export const MOST_TRIES = 8

/** How long a store's letter that was given up can be looked at and sent after all, in days. */
const KEPT_DAYS = 30

/** Whose business a letter is. One that is about no store is forgotten as soon as it is of no use. */
type About = { store_id: string; kind: LetterKind; order_id?: string | null }

export type Mail = ReturnType<typeof makeMail>

/**
 * Letters to people. `post` writes one down (in the transaction of what it is about, if there is one), `deliver`
 * sends what is due: at once through `wake`, and every minute by a job, which is also what tries again. So no page
 * ever waits for a mail server. A letter may be sent twice when the process dies in between, but is never lost.
 */
export function makeMail(config: Config, db: Database, vault: Vault) {
  const transport = makeTransport(config)
  let delivering: Promise<unknown> = Promise.resolve()
  let closing = false

  /** `minutes`: how long the letter is worth sending. Call `wake` once the transaction is over. */
  async function post(on: Kysely<Tables>, message: Message, minutes: number, about?: About): Promise<void> {
    const id = newId()
    await on
      .insertInto('mails')
      .values({
        id,
        store_id: about?.store_id ?? null,
        order_id: about?.order_id ?? null,
        kind: about?.kind ?? null,
        box: vault.seal(placeOf(id), new Secret(JSON.stringify(letterOf(message)))),
        expires_at: sql<Date>`now() + make_interval(mins => ${minutes})`,
        sent_at: null,
        failure: null,
      })
      .execute()
  }

  const next = async () => (closing ? undefined : take(db))

  /** Sends everything that is due, one after the other. Several processes may do so at once. */
  async function deliver(): Promise<{ sent: number; failed: number }> {
    const done = { sent: 0, failed: 0 }
    for (let mail = await next(); mail; mail = await next()) {
      const letter = JSON.parse(reveal(vault.open(placeOf(mail.id), mail.box!))) as Letter
      const failure = await transport.send(mail.id, letter).then(() => null, codeOf)
      await note(db, mail.id, failure)
      const outcome = failure === null ? 'sent' : 'failed'
      done[outcome] += 1
      letters.inc({ outcome })
    }
    return done
  }

  return {
    post,
    deliver,

    /** Delivers soon, in the background. What fails is left to the job. */
    wake(): void {
      delivering = delivering.then(deliver).catch(() => undefined)
    },

    /** Lets the letter in hand be delivered; the others wait for the next start. */
    async close(): Promise<void> {
      closing = true
      await delivering
      transport.close()
    },
  }
}

const placeOf = (id: string): Place => ({
  store_id: '',
  purpose: 'mail',
  mode: 'any',
  row_id: id,
  version: 1,
})

// Taking a letter also says when it is due again, so a process that dies with it in hand delays it, no more.
function take(db: Database) {
  return db
    .updateTable('mails')
    .set({ tries: sql`tries + 1`, due_at: sql<Date>`now() + make_interval(mins => (2 ^ tries)::int)` })
    .where('id', '=', eb =>
      eb
        .selectFrom('mails')
        .select('id')
        .where('box', 'is not', null)
        .where('due_at', '<=', sql<Date>`now()`)
        .where('expires_at', '>', sql<Date>`now()`)
        .where('tries', '<', MOST_TRIES)
        .orderBy('due_at')
        .limit(1)
        .forUpdate()
        .skipLocked(),
    )
    .returning(['id', 'box'])
    .executeTakeFirst()
}

async function note(db: Database, id: string, failure: string | null): Promise<void> {
  const sent = failure === null
  await db
    .updateTable('mails')
    .set({ failure, ...(sent ? { box: null, sent_at: sql<Date>`now()` } : {}) })
    .where('id', '=', id)
    .execute()
}

// A server's own words may repeat the address or the letter: only its codes are kept.
function codeOf(error: { code?: string; responseCode?: number }): string {
  return [error.code ?? 'unknown', error.responseCode].filter(Boolean).join(' ')
}

/**
 * Forgets letters that were sent a week ago, and the content of those that are of no use any more. That one about an
 * order was written stays known, as a part of the order's history.
 */
export async function tidyMail(db: Database): Promise<void> {
  await db
    .updateTable('mails')
    .set({ box: null })
    .where('box', 'is not', null)
    .where(eb => eb.or([eb('expires_at', '<', sql<Date>`now()`), eb('tries', '>=', MOST_TRIES)]))
    .where(eb =>
      eb.or([
        eb('store_id', 'is', null),
        eb('created_at', '<', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`),
      ]),
    )
    .execute()
  await db
    .deleteFrom('mails')
    .where('box', 'is', null)
    .where('order_id', 'is', null)
    .where('created_at', '<', sql<Date>`now() - interval '7 days'`)
    .execute()
}

export const sealedMails: SealedColumn = {
  table: 'mails',
  column: 'box',
  key: ['id'],
  needs: [],
  placeOf: row => placeOf(row.id as string),
}
