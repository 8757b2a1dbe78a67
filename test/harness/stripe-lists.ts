import { createServer, type Server } from 'node:http'

/** Newest first, one a second: the first has this time. */
const NEWEST = 1_790_000_000

const FILLER = Object.fromEntries(
  Array.from({ length: 40 }, (_, n) => [`field_${n}`, `what Stripe says of field number ${n} of a charge`]),
)

/** The id of a charge by its place in the list. */
export const chargeAt = (place: number): string => `ch_3List${String(place).padStart(10, '0')}`

const REST = JSON.stringify({
  object: 'charge',
  amount: 4890,
  amount_refunded: 0,
  balance_transaction: 'txn_3List',
  currency: 'eur',
  customer: 'cus_List',
  livemode: false,
  metadata: FILLER,
  status: 'succeeded',
}).slice(1)

function charge(place: number): string {
  const id = chargeAt(place)
  return `{"id":"${id}","created":${NEWEST - place},"payment_intent":"${id.replace('ch_', 'pi_')}",${REST}`
}

/**
 * Stripe's list of `total` charges of about 3 KB, a page after the other, as fast as it can be written (or `wait`
 * milliseconds later); every other list is empty.
 */
export function stripeLists(total: number, wait = 0): Server {
  return createServer((request, response) => {
    const url = new URL(request.url!, 'http://stripe')
    const after = url.searchParams.get('starting_after')
    const from = after ? Number(after.slice('ch_3List'.length)) + 1 : 0
    const limit = Number(url.searchParams.get('limit') ?? 10)
    const count = url.pathname === '/v1/charges' ? Math.max(Math.min(limit, total - from), 0) : 0
    const data = Array.from({ length: count }, (_, n) => charge(from + n))
    const more = count > 0 && from + count < total
    const body = `{"object":"list","data":[${data.join()}],"has_more":${more},"url":"${url.pathname}"}`
    const answer = () => {
      response.writeHead(200, { 'content-type': 'application/json', 'request-id': `req_${from}` })
      response.end(body)
    }
    if (wait > 0) setTimeout(answer, wait)
    else answer()
  })
}

if (import.meta.main) {
  stripeLists(Number(process.env.TOTAL)).listen(Number(process.env.PORT), '127.0.0.1')
}
