import { startBaseline } from './baseline.ts'
import { cpuOf } from './cpu.ts'
import { delivery, succeeded } from './events.ts'
import { openHouse } from './house.ts'
import { load, type Run } from './load.ts'
import { openPgbench } from './pgbench.ts'
import type { Bench } from './sections.ts'
import type { Shop } from './shops.ts'

/** A run, and the CPU in microseconds that one request of it cost in Node and in Postgres. */
export type Costed = Run & { node: number; postgres: number }

export type Intake = Awaited<ReturnType<typeof openIntake>>

/** The URL that all merchants share, and the one of a store's own endpoint. */
export const sharedUrl = () => '/webhook/stripe'
export const ownUrl = ({ token }: Shop) => `/webhook/stripe/${token}`

/** A service that takes webhooks of some stores, and the two things it is compared with. */
export async function openIntake(bench: Bench, name: string, stores: number) {
  const { postgres, bareUrl } = bench
  const house = await openHouse(postgres, name, stores)
  const [sample] = await house.take(1)
  const { shop, order } = sample!
  const intent = JSON.parse(succeeded(shop, order)).data.object
  const pgbench = await openPgbench(postgres, JSON.stringify(intent))
  const bare = await startBaseline(bareUrl, { SIGNING_SECRET: shop.signing_secret })
  const postgresCpu = () => (postgres.pid ? cpuOf(postgres.pid, { children: true }) : 0)

  async function costed<R extends { count: number }>(pid: number | undefined, run: () => Promise<R>) {
    const before = { node: pid ? cpuOf(pid) : 0, postgres: postgresCpu() }
    const result = await run()
    return {
      ...result,
      node: pid ? (cpuOf(pid) - before.node) / result.count : 0,
      postgres: (postgresCpu() - before.postgres) / result.count,
    }
  }

  return {
    /** Signed deliveries of so many new events, each of an order that was never paid. */
    async events(count: number, path: (shop: Shop) => string = sharedUrl): Promise<Buffer[]> {
      const orders = await house.take(count)
      return orders.map(({ shop, order }) =>
        delivery(path(shop), succeeded(shop, order), shop.signing_secret),
      )
    },

    /** Delivers them to the service, as fast as it answers or so many a second. */
    deliver: (requests: Buffer[], connections: number, perSecond?: number): Promise<Costed> =>
      costed(house.service.pid, () =>
        load({ origin: house.origin, connections, requests, status: 200, perSecond }),
      ),

    /** Delivers as many to a route that checks the signature and does nothing. */
    verify(count: number, connections: number): Promise<Costed> {
      const requests = Array.from({ length: count }, () =>
        delivery('/verify', succeeded(shop, order), shop.signing_secret),
      )
      return costed(bare.process.pid, () => load({ origin: bare.origin, connections, requests, status: 200 }))
    },

    /** Runs pgbench's minimal transaction. */
    minimal: (clients: number) => costed(undefined, () => pgbench(clients, bench.quick ? 1 : 3)),

    async close(): Promise<void> {
      await bare.process.stop()
      await house.close()
    },
  }
}
