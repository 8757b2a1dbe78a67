import { BARE_ROW, startBaseline } from './baseline.ts'
import { render } from './connection.ts'
import type { Figure } from './figures.ts'
import { openHouse } from './house.ts'
import { repeated } from './requests.ts'
import type { Bench } from './sections.ts'
import { versus } from './versus.ts'

/** What partner platforms poll, beside Fastify and one query. */
export async function status(bench: Bench): Promise<Figure[]> {
  const house = await openHouse(bench.postgres, 'status', 20)
  const bare = await startBaseline(bench.bareUrl)
  const figure = await versus(
    bench,
    'status endpoint',
    {
      origin: house.origin,
      status: 200,
      requests: count =>
        Array.from({ length: count }, (_, n) =>
          render('GET', `/api/internal/stores/${house.shops[n % house.shops.length]!.id}/stripe-status`, {
            'x-internal-secret': house.secret,
          }),
        ),
    },
    { origin: bare.origin, status: 200, requests: repeated(render('GET', `/status/${BARE_ROW}`)) },
    { atLeast: 0.8, count: 20_000 },
  )
  await bare.process.stop()
  await house.close()
  return [figure]
}
