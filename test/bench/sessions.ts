import { startBaseline } from './baseline.ts'
import { render } from './connection.ts'
import type { Figure } from './figures.ts'
import { openHouse } from './house.ts'
import { load } from './load.ts'
import { fromSomewhere, openSessions, repeated } from './requests.ts'
import type { Bench } from './sections.ts'
import { type Side, versus } from './versus.ts'

const GOAL = { atLeast: 0.6, count: 8_000 }

/** Opening checkouts, by a partner and by a shop's page with its cart, beside a bare insert. */
export async function sessions(bench: Bench): Promise<Figure[]> {
  const house = await openHouse(bench.postgres, 'sessions', 20)
  const bare = await startBaseline(bench.bareUrl)
  const { origin } = house
  const lines = [
    { product_id: 'mug', quantity: 2 },
    { product_id: 'beans', quantity: 1 },
  ]
  const insert: Side = {
    origin: bare.origin,
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
  const figures = [
    await versus(
      bench,
      'session by a partner',
      { origin, status: 201, requests: openSessions(house) },
      insert,
      GOAL,
    ),
    await versus(bench, 'cart', { origin, status: 201, requests: carts }, insert, GOAL),
    await versus(bench, 'session from a cart', { origin, status: 201, requests: fromCarts }, insert, GOAL),
  ]
  await bare.process.stop()
  await house.close()
  return figures
}
