import { z } from 'zod'
import { text, Uuid } from '../lib/wire.ts'
import { OrderStatusName } from '../orders/order-schemas.ts'
import type { OrderFilter } from '../orders/search.ts'

const Day = z.iso.date().optional().catch(undefined)

/** What the address of a list of orders may say. What cannot be understood does not narrow it. */
export const FilterQuery = z.object({
  q: z.string().trim().pipe(text(254)).optional().catch(undefined),
  status: OrderStatusName.optional().catch(undefined),
  mode: z.enum(['test', 'live']).optional().catch(undefined),
  from: Day,
  to: Day,
  disputed: z.literal('1').optional().catch(undefined),
  cursor: Uuid.optional().catch(undefined),
})

type Asked = z.output<typeof FilterQuery>

export const filterOf = ({ q, status, mode, from, to, disputed }: Asked): OrderFilter => ({
  search: q || undefined,
  status,
  mode,
  from: from ? new Date(from) : undefined,
  to: to ? new Date(to) : undefined,
  disputed: disputed === '1',
})

/** The part of an address that asks for the same orders again, with `changes`. */
export function addressOf({ cursor: _, ...asked }: Asked, changes: Partial<Asked> = {}): string {
  const entries = Object.entries({ ...asked, ...changes }).filter(([, value]) => value)
  const query = new URLSearchParams(entries as [string, string][]).toString()
  return query ? `?${query}` : ''
}
