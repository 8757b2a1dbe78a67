import type { Deps } from '../deps.ts'
import type { Job } from '../jobs/jobs.ts'
import { takeUnclearPayment } from '../orders/unclear.ts'
import { continueRefund, learnRefunds } from './ask.ts'
import { refundablePayment } from './payment.ts'
import { takeRefund } from './queries.ts'

/** How long one run takes new work, in milliseconds. */
const SHIFT = 50_000

/** Refunds go on when Stripe did not answer, and those made elsewhere are found. */
export const refundJobs = (deps: Deps): Job[] => [
  { name: 'continue-refunds', cron: '* * * * *', work: () => continueRefunds(deps) },
]

/** One run of the job. Several processes may run it at once. */
export async function continueRefunds(deps: Deps): Promise<void> {
  const end = Date.now() + SHIFT
  while (Date.now() < end) {
    const refund = await takeRefund(deps.db)
    if (!refund) break
    await continueRefund(deps, refund)
  }
  while (Date.now() < end) {
    const payment = await takeUnclearPayment(deps.db)
    if (!payment) break
    await learnRefunds(deps, await refundablePayment(deps.db, payment.store_id, payment.id))
  }
}
