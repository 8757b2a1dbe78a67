import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Log } from '../lib/log.ts'
import { tidyMail } from './mail.ts'

/** Sends what could not be sent at once, and forgets what was. */
export const mailJobs = ({ db, mail }: Deps, log: Pick<Log, 'warn'>): Job[] => [
  {
    name: 'send-mail',
    cron: '* * * * *',
    async work() {
      const done = await mail.deliver()
      if (done.failed > 0) log.warn(done, 'mail could not be sent')
    },
  },
  { name: 'tidy-mail', cron: '17 * * * *', work: () => tidyMail(db) },
]
