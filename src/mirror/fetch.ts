import { codeOf, failureOf } from '../stripe/errors.ts'
import { type Answer, askPage, complete, type Page } from './ask.ts'
import { moveCursor } from './cursors.ts'
import { keepObjects } from './keep.ts'
import { cutShort, type Kind, kindOf } from './kinds.ts'
import type { Run } from './sync.ts'
import type { SyncCursor } from './table.ts'

/**
 * Fetches a kind from where its cursor stands to the end, the next page while the one before is kept. `taken`: another
 * process has taken over; `shift`: time is up.
 */
export async function fetchKind(run: Run, cursor: SyncCursor): Promise<'end' | 'taken' | 'shift'> {
  const { deps, watch } = run
  const kind = kindOf(cursor.type)!
  let asked = fetchPage(run, kind, cursor)
  for (;;) {
    const answer: Answer<Page> = await asked
    const { data, has_more } = answer.body
    if (!Array.isArray(data)) throw new Error(`Stripe's list of ${kind.type} is no list`)
    const last = data.at(-1)
    const at = { ...cursor, after: nameOf(last?.id) ?? cursor.after, reached: timeOf(last) ?? cursor.reached }
    const more = has_more && at.after !== cursor.after
    const goesOn = more && Date.now() < (watch.end ?? Number.POSITIVE_INFINITY)
    if (goesOn) {
      asked = fetchPage(run, kind, at)
      // It is waited for above; until then nobody hears that it failed.
      asked.catch(() => undefined)
    }

    for (const object of data) {
      if (object && cutShort(object)) await run.patiently(() => complete(run.client, object))
    }
    const place = { store_id: cursor.store_id, mode: cursor.mode, account: '' }
    const bad = await keepObjects(deps.db, place, { ...answer, body: data })
    run.kept += data.length - bad.length
    at.done = cursor.done + data.length - bad.length
    at.expected = more ? expected(at) : at.done
    if (!(await moveCursor(deps.db, cursor, { ...at, bad }))) return 'taken'
    Object.assign(cursor, at)
    watch.onProgress?.({ ...cursor })
    if (!goesOn) return more ? 'shift' : 'end'
  }
}

async function fetchPage(run: Run, kind: Kind, cursor: SyncCursor): Promise<Answer<Page>> {
  const ask = (range: { after?: string; until?: Date | null }) =>
    run.patiently(() => askPage(run.client, kind, { since: cursor.since, ...range }))
  if (cursor.after === null) return ask({})
  try {
    return await ask({ after: cursor.after })
  } catch (error) {
    // The object that the last page ended with was deleted meanwhile: the time tells the place, too.
    if (failureOf(error) !== 'refused' || codeOf(error) !== 'resource_missing') throw error
    return ask({ until: cursor.reached })
  }
}

/** About how many there will be: at least what the mirror had, or by the share of the time that is behind us. */
function expected({ done, expected, since, reached, started_at }: SyncCursor): number | null {
  const span = since && started_at.getTime() - since.getTime()
  const behind = reached && started_at.getTime() - reached.getTime()
  const byTime = span && behind && behind > 0 ? Math.round((done * span) / Math.min(behind, span)) : null
  if (byTime !== null) return Math.max(byTime, done + 1)
  return expected === null ? null : Math.max(expected, done + 1)
}

const nameOf = (id: unknown): string | null => (typeof id === 'string' ? id : null)

const timeOf = (object: Record<string, unknown> | undefined): Date | null =>
  typeof object?.created === 'number' ? new Date(object.created * 1_000) : null
