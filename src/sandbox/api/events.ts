import type Stripe from 'stripe'
import { eventObject } from '../engine/events.ts'
import { page } from '../engine/lists.ts'
import { expand, flag, listOf, paging, range, text } from '../engine/params.ts'
import { invalid, missing } from '../engine/refusal.ts'
import { operation, type Resource } from '../engine/resource.ts'

const url = '/v1/events'

export const events: Resource = {
  operations: [
    operation<Stripe.EventRetrieveParams>({
      method: 'GET',
      path: `${url}/:id`,
      needs: 'event.read',
      params: { expand },
      run(call) {
        const event = call.books.events.find(call.path.id!)
        if (!event) throw missing('event', call.path.id!)
        return eventObject(call.books, event, null)
      },
    }),
    operation<Stripe.EventListParams>({
      method: 'GET',
      path: url,
      needs: 'event.read',
      params: {
        ...paging,
        created: range,
        delivery_success: flag,
        expand,
        type: text(),
        types: listOf(text(), 20),
      },
      run(call) {
        const { type, types, delivery_success } = call.params
        if (type && types) {
          throw invalid('You may only specify one of these parameters: type, types.', {
            code: 'parameters_exclusive',
          })
        }
        const wanted = types ?? (type ? [type] : undefined)
        const list = page(call.books.events, call.params, { url, noun: 'event' }, event => {
          if (delivery_success !== undefined && delivery_success !== (event.pending === 0)) return false
          return !wanted || wanted.some(pattern => matches(pattern, event.type))
        })
        return { ...list, data: list.data.map(event => eventObject(call.books, event, null)) }
      },
    }),
  ],
}

/** `charge.*` names a whole family. */
const matches = (pattern: string, type: string) =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
