import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Database } from '../../src/db/database.ts'
import { servedEngine } from '../../src/db/engine.ts'
import { migrate } from '../../src/db/migrate.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { makeVault } from '../../src/vault/vault.ts'
import type { Postgres } from './postgres.ts'
import { freePort, type Running, startServer } from './processes.ts'
import { addOrders, addShops, type Payable, type Shop } from './shops.ts'

const SERVER = fileURLToPath(new URL('../../src/server.ts', import.meta.url))
export const PUBLIC_URL = 'https://pay.example'

/** The service as production runs it, in a process of its own, with a database full of connected stores. */
export type House = {
  origin: string
  db: Database
  shops: Shop[]
  /** The X-Internal-Secret of the partner that owns the stores. */
  secret: string
  service: Running
  /** Orders that were never paid, each handed out once. */
  take(count: number): Promise<{ shop: Shop; order: Payable }[]>
  /** Stops the service and starts it again; answers how long that took to listening, in milliseconds. */
  restart(): Promise<number>
  close(): Promise<void>
}

export async function openHouse(
  postgres: Postgres,
  name: string,
  stores: number,
  { stripeUrl = 'http://127.0.0.1:9' } = {},
): Promise<House> {
  const databaseUrl = await postgres.create(name)
  const db = new Database(servedEngine(new Secret(databaseUrl), 2))
  await migrate(db.engine)
  const secret = newSecret()
  const partnerId = await addPartner(db, 'Bench partner', new Secret(secret))
  const key = randomBytes(32).toString('base64')
  const shops = await addShops(db, makeVault([{ kid: 'bench1', key: new Secret(key) }]), partnerId, stores)

  const port = await freePort()
  const start = () =>
    startServer(process.execPath, [...profiling(), SERVER], port, {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        HOST: '127.0.0.1',
        PORT: String(port),
        PUBLIC_URL,
        // Load from one machine must look like that of many shoppers, or the rate limits would be measured.
        TRUST_PROXY: 'true',
        DATABASE_URL: databaseUrl,
        ENCRYPTION_KEYS: `bench1:${key}`,
        INTERNAL_SECRET: secret,
        STRIPE_API_URL: stripeUrl,
        STRIPE_JS_URL: 'https://js.stripe.com/endive/stripe.js',
        SMTP_URL: 'smtp://127.0.0.1:9',
        MAIL_FROM: 'bench@example.com',
      },
    })
  let service = await start()
  let taken = 0
  return {
    origin: `http://127.0.0.1:${port}`,
    db,
    shops,
    secret,
    get service() {
      return service
    },
    async take(count) {
      const orders = await addOrders(db, shops, taken, count)
      taken += count
      return orders
    },
    async restart() {
      await service.stop()
      const began = performance.now()
      service = await start()
      return performance.now() - began
    },
    async close() {
      await service.stop()
      await db.close()
    },
  }
}

// BENCH_PROFILE=folder leaves a CPU profile of the service there.
const profiling = (): string[] =>
  process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []
