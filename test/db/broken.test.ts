import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Engine, servedEngine } from '../../src/db/engine.ts'
import { Secret } from '../../src/lib/secret.ts'
import { proxyTo } from '../harness/proxy.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL

// As when a database server loses its power: connections are gone without a word.
describe.runIf(server)('a connection that is cut in the middle of its work', () => {
  let proxy: Awaited<ReturnType<typeof proxyTo>>
  let engine: Engine

  beforeAll(async () => {
    const url = new URL(server as string)
    proxy = await proxyTo(url.hostname, Number(url.port || 5432))
    url.host = `127.0.0.1:${proxy.port}`
    engine = servedEngine(new Secret(url.href), 2)
  })
  afterAll(async () => {
    await engine?.close()
    await proxy?.cut()
  })

  const SLEEP = 'select pg_sleep($1::float8)'
  test.each<[string, () => Promise<unknown>]>([
    ['a statement', () => engine.query(SLEEP, [20])],
    ['a transaction', () => engine.transaction(session => session.query(SLEEP, [20]))],
    [
      'a transaction between two statements',
      () =>
        engine.transaction(async session => {
          await session.query('select 1', [])
          await new Promise(resolve => setTimeout(resolve, 300))
          await session.query('select 1', [])
        }),
    ],
  ])('fails %s and nothing else: the next one gets another connection', async (_what, work) => {
    const failing = work().catch(error => error as Error)
    await new Promise(resolve => setTimeout(resolve, 150))
    await proxy.cut()
    await proxy.mend()
    expect(await failing).toBeInstanceOf(Error)
    expect((await engine.query('select 1 as one', [])).rows).toEqual([{ one: 1 }])
  })
})
