import type Stripe from 'stripe'
import type { Collection, Shelf } from './books.ts'
import { invalid, missing } from './refusal.ts'

export interface PageParams extends Stripe.PaginationParams {
  created?: Stripe.RangeQueryParam | number
}

export interface List<T> extends Stripe.ApiList<T> {
  object: 'list'
}

/** One page of a shelf, newest first: `limit` (10 unless told), `starting_after`, `ending_before`, `created`. */
export function page<T extends { id: string; created?: number }, Note>(
  shelf: Shelf<T, Note>,
  params: PageParams,
  kind: Pick<Collection<T, Note>, 'url' | 'noun'>,
  keep: (object: T) => boolean,
): List<T> {
  const { limit = 10, starting_after, ending_before, created } = params
  if (starting_after && ending_before) {
    throw invalid('You may only specify one of these parameters: ending_before, starting_after.', {
      code: 'parameters_exclusive',
    })
  }
  const wanted = (object: T | undefined): object is T =>
    object !== undefined && inRange(object.created, created) && keep(object)
  const backwards = ending_before !== undefined
  const cursor = starting_after ?? ending_before
  const at = cursor === undefined ? shelf.order.length : shelf.positions.get(cursor)
  if (at === undefined) throw missing(kind.noun, cursor!, backwards ? 'ending_before' : 'starting_after')

  const data: T[] = []
  let more = false
  for (let i = backwards ? at + 1 : at - 1; i >= 0 && i < shelf.order.length; i += backwards ? 1 : -1) {
    const object = shelf.order[i]
    if (!wanted(object)) continue
    if (data.length === limit) {
      more = true
      break
    }
    data.push(object)
  }
  if (backwards) data.reverse()
  return { object: 'list', data, has_more: more, url: kind.url }
}

function inRange(time: number | undefined, wanted: Stripe.RangeQueryParam | number | undefined): boolean {
  if (wanted === undefined || time === undefined) return true
  if (typeof wanted === 'number') return time === wanted
  return (
    (wanted.gt === undefined || time > wanted.gt) &&
    (wanted.gte === undefined || time >= wanted.gte) &&
    (wanted.lt === undefined || time < wanted.lt) &&
    (wanted.lte === undefined || time <= wanted.lte)
  )
}
