import type { Database } from '../db/database.ts'

type Depth = { name: string; waiting: number; active: number; failed: number }

/**
 * How much there is to do, by queue. The queue itself keeps these figures about once a minute, so reading them costs
 * nothing however long it is. Empty before the queue was first started.
 */
export async function queueDepths(db: Database): Promise<Depth[]> {
  const [there] = (
    await db.engine.query<{ there: boolean }>("select to_regclass('jobs.queue') is not null as there")
  ).rows
  if (!there?.there) return []
  const { rows } = await db.engine.query<Depth>(
    'select name, queued_count as waiting, active_count as active, failed_count as failed from jobs.queue order by name',
  )
  return rows
}

/** For so long every queue may be silent: somebody looks for work, in each process, about every half minute. */
export const SILENT_MINUTES = 10

/**
 * Whether anybody works on the jobs, by when a process last looked at the schedule. `new` before the queue was first
 * started.
 */
export async function queueState(db: Database): Promise<'new' | 'works' | 'silent'> {
  const [there] = (
    await db.engine.query<{ there: boolean }>("select to_regclass('jobs.version') is not null as there")
  ).rows
  if (!there?.there) return 'new'
  const { rows } = await db.engine.query<{ silent: boolean }>(
    `select coalesce(cron_on < now() - make_interval(mins => ${SILENT_MINUTES}), false) as silent from jobs.version`,
  )
  return rows[0]?.silent ? 'silent' : 'works'
}
