import { forgetCarts } from '../catalog/forget.ts'
import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Log } from '../lib/log.ts'
import { counter } from '../lib/metrics.ts'
import { forgetPaces } from './pace.ts'
import { sweep } from './sweep.ts'

const swept = counter(
  'swept_payments_total',
  'Payments that the sweeper asked Stripe about, and what came of it',
  ['outcome'],
)

/** What happens to orders and carts beside the requests. */
export const orderJobs = (deps: Deps, log: Pick<Log, 'info'>): Job[] => [
  {
    name: 'sweep-orders',
    cron: '* * * * *',
    async work() {
      const done = await sweep(deps)
      for (const [outcome, count] of Object.entries(done)) swept.inc({ outcome }, count)
      if (done.asked + done.expired > 0) log.info(done, 'swept')
    },
  },
  {
    name: 'forget-paces',
    cron: '*/20 * * * *',
    work: () => forgetPaces(deps.db),
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
