import { startBaseline } from './baseline.ts'
import { type Cost, costing } from './costs.ts'
import { delivery, foreign, succeeded } from './events.ts'
import { startFlood } from './flood.ts'
import { openHouse } from './house.ts'
import { load, type Run } from './load.ts'
import { openPgbench } from './pgbench.ts'
import type { Bench } from './sections.ts'
import type { Shop } from './shops.ts'

export type Costed = Run & Cost

export type Intake = Awaited<ReturnType<typeof openIntake>>

/** The URL that all merchants share, and the one of a store's own endpoint. */
const sharedUrl = () => '/webhook/stripe'
export const ownUrl = ({ token }: Shop) => `/webhook/stripe/${token}`

/** A service that takes webhooks of some stores, and the two things it is compared with. */
export async function openIntake(bench: Bench, name: string, stores: number) {
  const { postgres, bareUrl } = bench
  const house = await openHouse(postgres, name, stores)
  const [sample] = await house.take(1)
  const { shop, order } = sample!
  const intent = JSON.parse(succeeded(shop, order)).data.object
  const pgbench = await openPgbench(postgres, name, JSON.stringify(intent))
  const bare = await startBaseline(bareUrl, { SIGNING_SECRET: shop.signing_secret })

  return {
    /** The service's process, as it is now. */
    get pid(): number {
      return house.service.pid
    },
    restart: () => house.restart(),

    /** Signed deliveries of so many new events, each of an order that was never paid. */
    async events(count: number, path: (shop: Shop) => string = sharedUrl): Promise<Buffer[]> {
      const orders = await house.take(count)
      return orders.map(({ shop, order }) =>
        delivery(path(shop), succeeded(shop, order), shop.signing_secret),
      )
    },

    /** Delivers them to the service, as fast as it answers or so many a second. */
    deliver: (requests: Buffer[], connections: number, perSecond?: number): Promise<Costed> =>
      costing(postgres, house.service.pid, () =>
        load({ origin: house.origin, connections, requests, status: 200, perSecond }),
      ),

    /** Delivers as many to a route that checks the signature and does nothing. */
    verify(count: number, connections: number): Promise<Costed> {
      const requests = Array.from({ length: count }, () =>
        delivery('/verify', succeeded(shop, order), shop.signing_secret),
      )
      return costing(postgres, bare.process.pid, () =>
        load({ origin: bare.origin, connections, requests, status: 200 }),
      )
    },

    /** Delivers new events to stripe-sync-engine: one account, one object upserted, no order and no repetition noticed. */
    async sync(count: number, connections: number): Promise<Costed> {
      const orders = await house.take(count)
      const requests = orders.map(each =>
        delivery('/sync', succeeded(each.shop, each.order), shop.signing_secret),
      )
      return costing(postgres, bare.process.pid, () =>
        load({ origin: bare.origin, connections, requests, status: 200 }),
      )
    },

    /** Deliveries that look right and are of no store we know, so many a second, until it is told to stop. */
    flood: (perSecond: number) =>
      startFlood(house.origin, perSecond, () =>
        delivery(sharedUrl(), foreign(succeeded(shop, order)), 'whsec_ofNobody'),
      ),

    /** Runs pgbench's minimal transaction so many times. */
    minimal: (count: number, clients: number) => costing(postgres, undefined, () => pgbench(clients, count)),

    async close(): Promise<void> {
      await bare.process.stop()
      await house.close()
    },
  }
}
