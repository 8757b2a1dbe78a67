import { startBaseline } from './baseline.ts'
import { render } from './connection.ts'
import type { Figure } from './figures.ts'
import { load } from './load.ts'
import { fromSomewhere, openSessions, repeated } from './requests.ts'
import type { Bench } from './sections.ts'
import { tripsOf } from './trips.ts'
import { type Side, versus } from './versus.ts'

const GOAL = { atLeast: 0.6, count: 4_000 }

/** Opening checkouts, by a partner and by a shop's page with its cart, beside a bare insert. */
export async function sessions(bench: Bench): Promise<Figure[]> {
  const { house } = bench
  const bare = await startBaseline(bench.bareUrl)
  const { origin } = house
  const lines = [
    { product_id: 'mug', quantity: 2 },
    { product_id: 'beans', quantity: 1 },
  ]
  const insert: Side = {
    origin: bare.origin,
    pid: bare.process.pid,
    status: 201,
    requests: repeated(render('POST', '/insert', {}, JSON.stringify({ lines }))),
  }
  const carts = (count: number) =>
    Array.from({ length: count }, (_, n) => {
      const store_id = house.shops[n % house.shops.length]!.id
      return render('POST', '/api/carts', fromSomewhere(), JSON.stringify({ store_id, lines }))
    })
  const fromCarts = async (count: number) => {
    const requests: Buffer[] = []
    await load({
      origin,
      connections: 8,
      requests: carts(count),
      status: 201,
      onBody(body) {
        const cart_id = JSON.parse(body.toString()).id
        requests.push(render('POST', '/api/checkout/sessions', fromSomewhere(), JSON.stringify({ cart_id })))
      },
    })
    return requests
  }
  const ours = { origin, pid: house.service.pid, status: 201 }
  const byPartner = { ...ours, requests: openSessions(house) }
  const figures = [
    ...(await versus(bench, 'session by a partner', byPartner, insert, GOAL)),
    ...(await versus(bench, 'cart', { ...ours, requests: carts }, insert, GOAL)),
    ...(await versus(bench, 'session from a cart', { ...ours, requests: fromCarts }, insert, GOAL)),
  ]
  await bare.process.stop()
  figures.push(
    ...(await tripsOf(bench, house, 'session by a partner', byPartner.requests, 201, { atMost: 3 })),
    ...(await tripsOf(bench, house, 'session from a cart', fromCarts, 201, { atMost: 3 })),
  )
  return figures
}
