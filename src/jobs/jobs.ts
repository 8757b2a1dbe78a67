import { PgBoss } from 'pg-boss'
import type { Database } from '../db/database.ts'
import type { Log } from '../lib/log.ts'
import { histogram } from '../lib/metrics.ts'
import { traced } from '../lib/tracing.ts'

/** Something that is done beside the requests, on a schedule. */
export type Job = {
  name: string
  /** Five fields, UTC. */
  cron: string
  work(): Promise<void>
}

const duration = histogram('job_duration_seconds', 'Runs of each job, by how they ended: done or failed', [
  'job',
  'outcome',
])

const QUEUE = { retryLimit: 8, retryDelay: 5, retryBackoff: true, policy: 'standard' } as const

/** The queue (pg-boss) on the service's own database, embedded or served. No business lives here. */
export function makeJobs(db: Database, log: Pick<Log, 'error' | 'warn'>) {
  const boss = new PgBoss({
    backend: db.engine.kind === 'embedded' ? 'pglite' : 'postgres',
    schema: 'jobs',
    db: {
      // Without values pg-boss sends scripts of several statements, which only the simple protocol takes.
      executeSql: async (text, values) =>
        values?.length
          ? db.engine.query(text, values)
          : (lastResult(await db.engine.script(text)) as { rows: unknown[] }),
    },
    reindex: db.engine.kind === 'postgres',
  })
  boss.on('error', error => log.error({ err: error }, 'the job queue failed'))
  boss.on('warning', warning => log.warn({ warning }, 'the job queue warns'))

  return {
    /** Creates the queue's own tables when they are missing, then works. Rejects when the database is away. */
    async start(jobs: Job[]): Promise<void> {
      await startQueue(boss)
      // At most starts all of it is there: two questions then, and not two for each job.
      const queues = new Set((await boss.getQueues()).map(({ name }) => name))
      const crons = new Map((await boss.getSchedules()).map(({ name, cron }) => [name, cron]))
      for (const { name, cron, work } of jobs) {
        if (!queues.has(name)) await boss.createQueue(name, QUEUE)
        await boss.work(name, () => measured(name, log, work))
        if (crons.get(name) !== cron) await boss.schedule(name, cron)
      }
    },

    /** Lets running jobs end, at most `seconds`. */
    async stop(seconds: number): Promise<void> {
      await boss.stop({ graceful: true, timeout: seconds * 1_000, close: false })
    },
  }
}

// Two instances that start on a new database at once both make the queue's tables, and pg-boss's own lock does not
// always keep the second from failing on what the first has just committed. Then it is there: start again and find it.
async function startQueue(boss: PgBoss): Promise<void> {
  try {
    await boss.start()
  } catch (error) {
    if ((error as { code?: unknown }).code !== '23505') throw error
    await boss.start()
  }
}

async function measured(
  job: string,
  log: Pick<Log, 'error' | 'warn'>,
  work: () => Promise<void>,
): Promise<void> {
  const stop = duration.startTimer({ job })
  try {
    await traced(`job ${job}`, 'internal', {}, work)
    stop({ outcome: 'done' })
  } catch (error) {
    stop({ outcome: 'failed' })
    // The queue keeps the failure and tries again; only the log tells anybody.
    log.error({ err: error, job }, 'a job failed')
    throw error
  }
}

// pg answers a script with one result or a list of them, PGlite always with a list.
function lastResult(result: unknown): unknown {
  return Array.isArray(result) ? result.at(-1) : result
}
