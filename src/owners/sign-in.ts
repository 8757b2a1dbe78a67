import { randomInt } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Deps } from '../deps.ts'
import { digest, newId, newSecret } from '../lib/ids.ts'
import { problem } from '../lib/problem.ts'
import { codeMessage } from './letters.ts'
import { ownsAnything } from './stores.ts'

export const TooManyCodes = problem('too-many-codes', 429, 'Too many codes were asked for')

/** How long a code works, in minutes, how often it may be mistyped, and how many one address gets in a while. */
export const CODE_MINUTES = 10
const MOST_TRIES = 5
const MOST_CODES = 5
const WHILE_MINUTES = 15

/** Asking for a code takes this long, in milliseconds, whoever's address it is. */
const EVEN_TIME = 250

/**
 * Sends a one-time code to an owner. Answers the browser's secret, without which the code is worth nothing. An
 * unknown address takes the same way, in the same time, and gets no letter. `next` is where to go afterwards.
 * Throws TooManyCodes, for known and unknown addresses alike.
 */
export async function startSignIn(deps: Deps, email: string, next: string | undefined): Promise<string> {
  const [browser] = await Promise.all([sendCode(deps, email.toLowerCase(), next), pause(EVEN_TIME)])
  // Delivery begins after the even time, so that it cannot be felt in the answer either.
  deps.mail.wake()
  return browser
}

const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

async function sendCode({ db, mail }: Deps, email: string, next: string | undefined): Promise<string> {
  const browser = newSecret()
  const code = newCode()
  await db.transaction().execute(async trx => {
    // One at a time for an address, so that its limit holds however many ask at once.
    await sql`select pg_advisory_xact_lock(hashtextextended(${email}, 0))`.execute(trx)
    if ((await askedLately(trx, email)) >= MOST_CODES) {
      throw new TooManyCodes({ retryAfter: WHILE_MINUTES * 60 })
    }
    await trx
      .insertInto('sign_ins')
      .values({
        id: newId(),
        email,
        browser_digest: digest(browser),
        code_digest: digestOf(browser, code),
        next: next ?? null,
        expires_at: sql<Date>`now() + make_interval(mins => ${CODE_MINUTES})`,
        spent_at: null,
      })
      .execute()
    if (await ownsAnything(trx, email))
      await mail.post(trx, codeMessage(email, code, CODE_MINUTES), CODE_MINUTES)
  })
  return browser
}

async function askedLately(trx: Transaction<Tables>, email: string): Promise<number> {
  const { count } = await trx
    .selectFrom('sign_ins')
    .select(eb => eb.fn.countAll<number>().as('count'))
    .where('email', '=', email)
    .where('created_at', '>', sql<Date>`now() - make_interval(mins => ${WHILE_MINUTES})`)
    .executeTakeFirstOrThrow()
  return count
}

/** Eight digits in two groups: typed on any keyboard, and 10^8 of them against five tries. */
function newCode(): string {
  const digits = String(randomInt(100_000_000)).padStart(8, '0')
  return `${digits.slice(0, 4)} ${digits.slice(4)}`
}

/** Hashed with the browser's 256 bits: neither a dump of the table nor another browser can try the codes. */
const digestOf = (browser: string, code: string): Buffer => digest(`${browser} ${code.replace(/\D/g, '')}`)

export type SignInResult =
  | { kind: 'signed_in'; email: string; next: string | null }
  | { kind: 'wrong_code'; email: string; tries_left: number }
  | { kind: 'over' }

/** Tries a code in the browser that asked for it. Each try counts; a right one spends the code. */
export async function finishSignIn({ db }: Deps, browser: string, code: string): Promise<SignInResult> {
  const row = await db
    .updateTable('sign_ins')
    .set({
      tries: sql`tries + 1`,
      spent_at: sql`case when code_digest = ${digestOf(browser, code)}::bytea then now() end`,
    })
    .where('browser_digest', '=', digest(browser))
    .where('spent_at', 'is', null)
    .where('tries', '<', MOST_TRIES)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['email', 'next', 'tries', 'spent_at'])
    .executeTakeFirst()
  if (!row) return { kind: 'over' }
  if (row.spent_at) return { kind: 'signed_in', email: row.email, next: row.next }
  const left = MOST_TRIES - row.tries
  return left > 0 ? { kind: 'wrong_code', email: row.email, tries_left: left } : { kind: 'over' }
}

export type AskedSignIn = { email: string; next: string | null; usable: boolean }

/** What a browser asked a code for, and whether the code can still be typed. */
export function askedSignIn({ db }: Deps, browser: string): Promise<AskedSignIn | undefined> {
  return db
    .selectFrom('sign_ins')
    .select(['email', 'next'])
    .select(sql<boolean>`spent_at is null and tries < ${MOST_TRIES}::int and expires_at > now()`.as('usable'))
    .where('browser_digest', '=', digest(browser))
    .executeTakeFirst()
}
