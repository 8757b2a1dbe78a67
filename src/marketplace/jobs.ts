import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import { checkVendors } from './status.ts'

/** What happens to vendors beside the requests. */
export const marketplaceJobs = (deps: Deps): Job[] => [
  {
    name: 'check-vendors',
    cron: '* * * * *',
    async work() {
      await checkVendors(deps)
    },
  },
]
