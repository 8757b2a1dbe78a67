import { sql } from 'kysely'
import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import { ABSOLUTE_DAYS, IDLE_HOURS } from './sessions.ts'

/** Forgets codes after a day (the addresses of strangers among them), sessions and links that are over. */
export const ownerJobs = ({ db }: Deps): Job[] => [
  {
    name: 'tidy-owners',
    cron: '23 * * * *',
    async work() {
      await db.deleteFrom('sign_ins').where('created_at', '<', sql<Date>`now() - interval '1 day'`).execute()
      await db
        .deleteFrom('owner_sessions')
        .where(eb =>
          eb.or([
            eb('seen_at', '<', sql<Date>`now() - make_interval(hours => ${IDLE_HOURS})`),
            eb('signed_in_at', '<', sql<Date>`now() - make_interval(days => ${ABSOLUTE_DAYS})`),
          ]),
        )
        .execute()
      await db
        .deleteFrom('portal_links')
        .where('expires_at', '<', sql<Date>`now() - interval '1 day'`)
        .execute()
    },
  },
]
