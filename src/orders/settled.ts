import { counter } from '../lib/metrics.ts'
import type { Source } from './table.ts'

const settled = counter('orders_settled_total', "Changes of an order's state, by who found out", ['source'])

/** Counts a change of an order's state. What the sweeper and the recovery find is what no webhook told us. */
export const countSettled = (source: Source): void => settled.inc({ source })
