import { BARE_ROW, startBaseline } from './baseline.ts'
import { render } from './connection.ts'
import type { Figure } from './figures.ts'
import { repeated } from './requests.ts'
import type { Bench } from './sections.ts'
import { versus } from './versus.ts'

/** What partner platforms poll, beside Fastify and one query. */
export async function status(bench: Bench): Promise<Figure[]> {
  const { house } = bench
  const bare = await startBaseline(bench.bareUrl)
  const figures = await versus(
    bench,
    'status endpoint',
    {
      origin: house.origin,
      pid: house.service.pid,
      status: 200,
      requests: count =>
        Array.from({ length: count }, (_, n) =>
          render('GET', `/api/internal/stores/${house.shops[n % house.shops.length]!.id}/stripe-status`, {
            'x-internal-secret': house.secret,
          }),
        ),
    },
    {
      origin: bare.origin,
      pid: bare.process.pid,
      status: 200,
      requests: repeated(render('GET', `/status/${BARE_ROW}`)),
    },
    { atLeast: 0.8, count: 10_000 },
  )
  await bare.process.stop()
  return figures
}
