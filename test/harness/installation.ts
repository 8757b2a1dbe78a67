import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { newSecret } from '../../src/lib/ids.ts'
import { cloneOrders } from './clones.ts'
import type { House } from './house.ts'
import { freePort } from './port.ts'
import { ready, runServer, type ServiceProcess } from './service.ts'
import { newKeys, openCheckout, openShop, pay } from './shop.ts'
import { declinedIntent, intentEvent, paidIntent, SIGNING_SECRET } from './stripe-event.ts'

export type Instance = { url: string; process: ServiceProcess; stop(signal: NodeJS.Signals): Promise<number> }

export type Installation = Awaited<ReturnType<typeof openInstallation>>

/** What the orders of openCheckout come to. */
const AMOUNT = 4890

/** Any number of service processes on one served database, with one store whose webhooks the test signs. */
export async function openInstallation(
  databaseUrl: string,
  sandboxUrl: string,
  more: Record<string, string> = {},
) {
  const dataDir = mkdtempSync(join(tmpdir(), 'owntill-installation-'))
  const secret = newSecret()
  const env = {
    DATABASE_URL: databaseUrl,
    STRIPE_API_URL: sandboxUrl,
    ENCRYPTION_KEYS: `test1:${randomBytes(32).toString('base64')}`,
    INTERNAL_SECRET: secret,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'fatal',
    TRUST_PROXY: 'true',
    ...more,
  }
  const running = new Set<Instance>()

  /** Starts a process and waits until it is ready; on the port of one that died, or a new one. */
  async function start(at?: string): Promise<Instance> {
    const url = at ?? `http://127.0.0.1:${await freePort()}`
    const process = runServer({ ...env, PORT: new URL(url).port, PUBLIC_URL: url })
    const instance = {
      url,
      process,
      async stop(signal: NodeJS.Signals) {
        running.delete(instance)
        process.kill(signal)
        return (await process.ended).code ?? -1
      },
    }
    running.add(instance)
    await ready(url, process)
    return instance
  }

  const first = await start()
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  pool.on('error', () => undefined) // an idle connection that a restart of the server broke
  const house = { url: first.url, secret, deps: { config: { stripe: { apiUrl: sandboxUrl } } } }
  const shop = await openShop(
    house as unknown as House,
    {
      ...newKeys('NoWebhooks', 'test', 'rk'),
      webhook_secret: SIGNING_SECRET,
    } as never,
  )

  const template = await openCheckout(house as unknown as House, shop)
  await pay(house as unknown as House, template.token)

  return {
    first,
    start,
    shop,
    query: (text: string, values: unknown[] = []) => pool.query(text, values),

    /** Orders on which somebody pressed pay, and what Stripe says of each: declined once, then paid. */
    async orders(count: number): Promise<object[]> {
      const clones = await cloneOrders((text, values) => pool.query(text, values), template.order_id, count)
      const metadata = { store_id: shop.id }
      const created = Math.floor(Date.now() / 1_000)
      return clones.flatMap(({ payment_intent: id }) => [
        intentEvent('payment_intent.payment_failed', declinedIntent(id, AMOUNT, { metadata }), { created }),
        intentEvent('payment_intent.succeeded', paidIntent(id, AMOUNT, { metadata }), {
          created: created + 1,
        }),
      ])
    },

    /** What became of those orders. */
    async tally(events: object[]) {
      const ids = events.map(event => (event as { id: string }).id)
      const { rows } = await pool.query(
        `select
           (select count(*)::int from events where store_id = $1 and id = any ($2)) as applied,
           (select count(*)::int from orders where store_id = $1 and id <> $3 and status <> 'paid') as unpaid,
           (select count(*)::int from (
              select from order_timeline where store_id = $1 and status = 'paid'
              group by order_id having count(*) > 1) o) as doubled`,
        [shop.id, ids, template.order_id],
      )
      const { applied, unpaid, doubled } = rows[0] as { applied: number; unpaid: number; doubled: number }
      return { applied, lost: ids.length - applied + unpaid, doubled }
    },

    async close() {
      for (const instance of running) await instance.stop('SIGKILL')
      await pool.end()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
