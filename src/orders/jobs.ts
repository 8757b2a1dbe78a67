import { forgetCarts } from '../catalog/forget.ts'
import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import { sweep } from './sweep.ts'

type Log = { info(context: object, message: string): void }

/** What happens to orders and carts beside the requests. */
export const orderJobs = (deps: Deps, log: Log): Job[] => [
  {
    name: 'sweep-orders',
    cron: '* * * * *',
    async work() {
      const done = await sweep(deps)
      if (done.asked + done.expired > 0) log.info(done, 'swept')
    },
  },
  {
    name: 'forget-carts',
    cron: '41 3 * * *',
    async work() {
      const forgotten = await forgetCarts(deps.db)
      if (forgotten > 0) log.info({ forgotten }, 'forgot carts')
    },
  },
]
