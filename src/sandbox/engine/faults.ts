import { z } from 'zod'
import type { World } from './world.ts'

/**
 * What a test may make go wrong, for the next `times` requests that match:
 * - `500`: Stripe fails before doing anything; kept under the idempotency key, as Stripe keeps it
 * - `503`: the same, but not kept: a retry with the same key gets through
 * - `429`: too many requests; never kept
 * - `delay`: the work is done after `ms`
 * - `reset`: the connection is cut before anything is done
 * - `lost_answer`: the work is done, then the connection is cut
 * - `half_body`: the work is done, half of the answer arrives
 */
export const NewFault = z.strictObject({
  match: z.string().regex(/^(\*|GET|POST|DELETE) \/\S*$/),
  kind: z.enum(['500', '503', '429', 'delay', 'reset', 'lost_answer', 'half_body']),
  times: z.int().min(1).default(1),
  ms: z.int().min(0).max(120_000).default(0),
  account: z.string().optional(),
})
export type Fault = z.infer<typeof NewFault>

/** The fault that strikes this request, if any; used up by one. `*` in the path stands for one segment. */
export function strike(world: World, method: string, path: string, account: string): Fault | undefined {
  if (world.faults.length === 0) return undefined
  const fault = world.faults.find(
    ({ match, account: only }) => (only === undefined || only === account) && matches(match, method, path),
  )
  if (!fault) return undefined
  fault.times--
  if (fault.times === 0) world.faults = world.faults.filter(other => other !== fault)
  return fault
}

function matches(match: string, method: string, path: string): boolean {
  const [verb, pattern = ''] = match.split(' ')
  if (verb !== '*' && verb !== method) return false
  const wanted = pattern.split('/')
  const parts = path.split('/')
  return (
    wanted.length === parts.length && wanted.every((part, index) => part === '*' || part === parts[index])
  )
}
