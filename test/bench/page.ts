import { BARE_ROW, startBaseline } from './baseline.ts'
import { render } from './connection.ts'
import type { Figure } from './figures.ts'
import { load } from './load.ts'
import { fromSomewhere, openSessions, pathOf, repeated } from './requests.ts'
import type { Bench } from './sections.ts'
import { tripsOf } from './trips.ts'
import { versus } from './versus.ts'

/** The hosted page beside Fastify, Eta and one query with a page of the same size. */
export async function checkoutPage(bench: Bench): Promise<Figure[]> {
  const { house } = bench
  const paths: string[] = []
  await load({
    origin: house.origin,
    connections: 8,
    requests: openSessions(house)(200),
    status: 201,
    onBody: body => paths.push(pathOf(body)),
  })
  const html = await (await fetch(house.origin + paths[0])).arrayBuffer()
  const bare = await startBaseline(bench.bareUrl, { PAGE_BYTES: String(html.byteLength) })
  const accepting = { accept: 'text/html', 'accept-language': 'en-GB,en;q=0.8' }
  const figures = await versus(
    bench,
    `checkout page, ${(html.byteLength / 1024).toFixed(1)} KB`,
    {
      origin: house.origin,
      pid: house.service.pid,
      status: 200,
      requests: count =>
        Array.from({ length: count }, (_, n) =>
          render('GET', paths[n % paths.length]!, { ...accepting, ...fromSomewhere() }),
        ),
    },
    {
      origin: bare.origin,
      pid: bare.process.pid,
      status: 200,
      requests: repeated(render('GET', `/page/${BARE_ROW}`, accepting)),
    },
    { atLeast: 0.8, count: 6_000 },
  )
  await bare.process.stop()
  const views = repeated(render('GET', paths[0]!, accepting))
  figures.push(...(await tripsOf(bench, house, 'checkout page', views, 200, { atMost: 2 })))
  return figures
}
