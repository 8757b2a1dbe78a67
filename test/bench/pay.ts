import { startBaseline } from './baseline.ts'
import { render } from './connection.ts'
import type { Figure } from './figures.ts'
import { PUBLIC_URL } from './house.ts'
import { load } from './load.ts'
import { fromSomewhere, openSessions, pathOf, repeated } from './requests.ts'
import type { Bench } from './sections.ts'
import { tripsOf } from './trips.ts'
import { versus } from './versus.ts'

/** The pay button with a Stripe that answers at once, beside one shared client that only asks for the PaymentIntent. */
export async function pay(bench: Bench): Promise<Figure[]> {
  const { house, stripeUrl } = bench
  const bare = await startBaseline(bench.bareUrl, { STRIPE_URL: stripeUrl })
  const { origin } = house

  let pressed = 0
  const presses = async (count: number) => {
    const requests: Buffer[] = []
    const onBody = (body: Buffer) =>
      void requests.push(
        render('POST', `${pathOf(body)}/pay`, { origin: PUBLIC_URL, ...fromSomewhere() }, '{}'),
      )
    await load({ origin, connections: 8, requests: openSessions(house)(count), status: 201, onBody })
    pressed += count
    return requests
  }
  const figures = await versus(
    bench,
    'pay',
    { origin, pid: house.service.pid, status: 200, requests: presses },
    {
      origin: bare.origin,
      pid: bare.process.pid,
      status: 200,
      requests: repeated(render('POST', '/pay', {}, '{}')),
    },
    { atLeast: 0.7, count: 3_000 },
  )
  await bare.process.stop()
  const before = await connectionsOf(stripeUrl)
  const trips = await tripsOf(bench, house, 'pay', presses, 200)
  const opened = (await connectionsOf(stripeUrl)) - before - 1
  figures.push(...trips, {
    title: 'connections to Stripe for each payment, once warm',
    ours: `${opened} new, ${pressed} payments`,
    baseline: '',
    value: opened / pressed,
    unit: '',
    goal: { atMost: 0.01 },
  })
  return figures
}

async function connectionsOf(stripeUrl: string): Promise<number> {
  const answer = await fetch(`${stripeUrl}/connections`, { headers: { connection: 'close' } })
  return ((await answer.json()) as { connections: number }).connections
}
