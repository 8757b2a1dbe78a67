import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Database } from '../../src/db/database.ts'
import { servedEngine } from '../../src/db/engine.ts'
import { migrate } from '../../src/db/migrate.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { keepObjects } from '../../src/mirror/keep.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { makeVault } from '../../src/vault/vault.ts'
import { chargeAt } from '../harness/stripe-lists.ts'
import { type Figure, median, rate } from './figures.ts'
import { freePort, startServer } from './processes.ts'
import type { Bench } from './sections.ts'
import { addShops } from './shops.ts'

const LISTS = fileURLToPath(new URL('../harness/stripe-lists.ts', import.meta.url))
const BACKFILL = fileURLToPath(new URL('./backfill.ts', import.meta.url))
const run = promisify(execFile)

type Run = { whole: boolean; done: number; seconds: number; early: number; late: number }

/** Filling a store's mirror from Stripe's lists, in a process of its own, and keeping single objects. */
export async function mirror(bench: Bench): Promise<Figure[]> {
  const total = bench.quick ? 10_000 : 100_000
  const url = await bench.postgres.create('mirror')
  const db = new Database(servedEngine(new Secret(url), 8))
  await migrate(db.engine)
  const partner = await addPartner(db, 'Bench partner', new Secret(newSecret()))
  const key = randomBytes(32).toString('base64')
  const vault = makeVault([{ kid: 'bench1', key: new Secret(key) }])
  const shops = await addShops(db, vault, partner, bench.rounds)
  const port = await freePort()
  const env = { PATH: process.env.PATH, PORT: String(port), TOTAL: String(total) }
  const lists = await startServer(process.execPath, [LISTS], port, { env })

  const backfill = async (store: string): Promise<Run> => {
    const settings = {
      ...env,
      STORE: store,
      DATABASE_URL: url,
      ENCRYPTION_KEYS: `bench1:${key}`,
      STRIPE_API_URL: `http://127.0.0.1:${port}`,
      DATA_DIR: bench.postgres.folder,
    }
    const { stdout } = await run(process.execPath, [BACKFILL], { env: settings })
    const said = JSON.parse(stdout) as Run
    if (!said.whole || said.done !== total) throw new Error(`the backfill fell short: ${stdout}`)
    return said
  }
  const first: Run[] = []
  const again: Run[] = []
  for (const [round, { id }] of shops.entries()) {
    bench.say(`mirror: ${total} objects, round ${round + 1} of ${shops.length}`)
    first.push(await backfill(id))
    again.push(await backfill(id))
  }
  bench.say('mirror: one object at a time')
  const single = await singles(db, shops[0]!.id, bench.quick ? 2_000 : 10_000)
  await lists.stop()
  await db.close()

  const speed = (runs: Run[]) => median(runs.map(({ done, seconds }) => done / seconds))
  const title = `mirror: ${total.toLocaleString('en')} objects of 3 KB, pages of 100`
  return [
    figure(`${title}, new`, speed(first), 5_000),
    figure(`${title}, all there already`, speed(again)),
    {
      title: 'mirror: memory at the end beside that after a tenth',
      ours: `${Math.round(median(first.map(({ late }) => late)) / 1e6)} MB`,
      baseline: `${Math.round(median(first.map(({ early }) => early)) / 1e6)} MB`,
      value: median(first.map(({ early, late }) => late / early)),
      unit: '×',
      goal: { atMost: 1.5 },
    },
    figure('mirror: newer versions, one by one on 8 connections', single),
  ]
}

const figure = (title: string, perSecond: number, goal?: number): Figure => ({
  title,
  ours: rate(perSecond),
  baseline: '',
  value: perSecond,
  unit: '',
  goal: goal === undefined ? undefined : { atLeast: goal },
})

/** Newer versions of single objects, as a refetch keeps them, for each second. */
async function singles(db: Database, store: string, count: number): Promise<number> {
  const { rows } = await db.engine.query<{ object: Record<string, unknown> }>(
    'select object from stripe_objects where store_id = $1::uuid and id = $2',
    [store, chargeAt(0)],
  )
  const { object } = rows[0]!
  const place = { store_id: store, mode: 'test', account: '' } as const
  const from = Date.now() + 3_600_000
  let next = 0
  const began = performance.now()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let turn = next++; turn < count; turn = next++) {
        const at = new Date(from + turn)
        await keepObjects(db, place, { body: [{ ...object, id: chargeAt(turn) }], from: at, until: at })
      }
    }),
  )
  return count / ((performance.now() - began) / 1_000)
}
