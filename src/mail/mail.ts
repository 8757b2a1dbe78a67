import { type Kysely, sql } from 'kysely'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import type { Tables } from '../db/tables.ts'
import { newId } from '../lib/ids.ts'
import { reveal, Secret } from '../lib/secret.ts'
import type { SealedColumn } from '../vault/rotation.ts'
import type { Place, Vault } from '../vault/vault.ts'
import { type Letter, letterOf, type Message } from './letters.ts'
import { makeTransport } from './transport.ts'

/** A letter is tried after 1, 2, 4 … minutes; after this many tries it is given up. */
const MOST_TRIES = 8

export type Mail = ReturnType<typeof makeMail>

/**
 * Letters to people. `post` writes one down (in the transaction of what it is about, if there is one), `deliver`
 * sends what is due: at once through `wake`, and every minute by a job, which is also what tries again. So no page
 * ever waits for a mail server. A letter may be sent twice when the process dies in between, but is never lost.
 */
export function makeMail(config: Config, db: Database, vault: Vault) {
  const transport = makeTransport(config)
  let delivering: Promise<unknown> = Promise.resolve()

  /** `minutes`: how long the letter is worth sending. Call `wake` once the transaction is over. */
  async function post(on: Kysely<Tables>, message: Message, minutes: number): Promise<void> {
    const id = newId()
    await on
      .insertInto('mails')
      .values({
        id,
        box: vault.seal(placeOf(id), new Secret(JSON.stringify(letterOf(message)))),
        expires_at: sql<Date>`now() + make_interval(mins => ${minutes})`,
        sent_at: null,
        failure: null,
      })
      .execute()
  }

  /** Sends everything that is due, one after the other. Several processes may do so at once. */
  async function deliver(): Promise<{ sent: number; failed: number }> {
    const done = { sent: 0, failed: 0 }
    for (let mail = await take(db); mail; mail = await take(db)) {
      const letter = JSON.parse(reveal(vault.open(placeOf(mail.id), mail.box!))) as Letter
      const failure = await transport.send(mail.id, letter).then(() => null, codeOf)
      await note(db, mail.id, failure)
      done[failure === null ? 'sent' : 'failed'] += 1
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

    /** Lets a delivery under way end. */
    async close(): Promise<void> {
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

/** Forgets letters that were sent a week ago, and the content of those that are of no use any more. */
export async function tidyMail(db: Database): Promise<void> {
  await db
    .updateTable('mails')
    .set({ box: null })
    .where('box', 'is not', null)
    .where(eb => eb.or([eb('expires_at', '<', sql<Date>`now()`), eb('tries', '>=', MOST_TRIES)]))
    .execute()
  await db
    .deleteFrom('mails')
    .where('box', 'is', null)
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
