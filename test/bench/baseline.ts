import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { Postgres } from './postgres.ts'
import { freePort, type Running, startServer } from './processes.ts'

const STUB = fileURLToPath(new URL('stub.ts', import.meta.url))
const BARE = fileURLToPath(new URL('bare.ts', import.meta.url))

export type Baseline = { origin: string; process: Running }

/** The key of a row in the baseline's tables. */
export const BARE_ROW = '0199d3a0-0000-7000-b000-000000000001'

/** The tables that the bare routes read from and write to. */
export async function makeBareTables(postgres: Postgres): Promise<string> {
  const url = await postgres.create('bare')
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`
    create table bare_stores (id uuid primary key, connected boolean not null, live boolean not null);
    create table bare_orders (id uuid primary key, title text not null, lines jsonb not null, amount text not null,
      currency text not null);
    create table bare_inserted (id uuid primary key default gen_random_uuid(), body jsonb not null,
      at timestamptz not null default now());
    insert into bare_stores values ('${BARE_ROW}', true, false);
    insert into bare_orders values ('${BARE_ROW}', 'Bench Store',
      '[{"quantity":2,"name":"Stoneware mug, speckled","amount":"€36.00"},
        {"quantity":1,"name":"Coffee beans, 500 g","amount":"€12.90"}]', '€48.90', 'eur')`)
  await client.end()
  return url
}

/** Starts the bare routes in a process of their own; what they need comes as environment variables. */
export async function startBaseline(
  databaseUrl: string,
  env: { SIGNING_SECRET?: string; PAGE_BYTES?: string; STRIPE_URL?: string } = {},
): Promise<Baseline> {
  const port = await freePort()
  const process_ = await startServer(process.execPath, [BARE], port, {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      ...env,
    },
  })
  return { origin: `http://127.0.0.1:${port}`, process: process_ }
}

/** Starts a Stripe that answers at once, whatever it is asked, and answers its URL. */
export async function startStripeStub(): Promise<string> {
  const port = await freePort()
  await startServer(process.execPath, [STUB], port, { env: { PATH: process.env.PATH, PORT: String(port) } })
  return `http://127.0.0.1:${port}`
}
