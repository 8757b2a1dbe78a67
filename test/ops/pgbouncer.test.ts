import { describe, expect, inject, test } from 'vitest'
import { openInstallation } from '../harness/installation.ts'
import { pgbouncerVersion, startPgBouncer } from '../harness/pgbouncer.ts'
import { send, withDuplicates } from '../harness/sender.ts'
import { newDatabase } from '../harness/service.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL
const version = pgbouncerVersion()

// PgBouncer keeps the statements that its clients name since 1.21.
const WAYS = [
  { pooler: 'transaction', since: 0, extra: '' },
  { pooler: 'prepared', since: 21, extra: 'max_prepared_statements = 200' },
]

if (process.env.CI && server) {
  test('continuous integration has a PgBouncer to test with', () => expect(version).toBeDefined())
}
if (!version)
  console.warn('There is no pgbouncer on this machine (apt-get install pgbouncer): not tested with it.')

describe.runIf(server && version)('behind PgBouncer in transaction mode', () => {
  test.each(WAYS.filter(({ since }) => (version ?? 0) >= since))(
    '$pooler: two instances migrate, take payments, share jobs and lose no event',
    async ({ pooler, extra }) => {
      const database = await newDatabase(server!)
      const bouncer = await startPgBouncer(database.url, extra)
      const house = await openInstallation(bouncer.url, inject('sandboxUrl'), {
        DATABASE_POOLER: pooler,
        LOG_LEVEL: 'error',
      })
      try {
        const second = await house.start()
        const urls = [house.first.url, second.url]
        const events = await house.orders(40)
        let turn = 0
        await send(withDuplicates(events, 0.2), () => urls[turn++ % 2]!)
        expect(await house.tally(events)).toEqual({ applied: events.length, lost: 0, doubled: 0 })

        for (const url of urls) expect((await fetch(`${url}/readyz`)).status).toBe(200)
        const jobs = await house.query(
          "select count(*)::int as count from jobs.schedule where name = 'sweep-orders'",
        )
        expect(jobs.rows).toEqual([{ count: 1 }])
        expect([await second.stop('SIGTERM'), await house.first.stop('SIGTERM')]).toEqual([0, 0])
        // Not one statement that another connection did not know, or knew by another text.
        expect([house.first.process.said(), second.process.said()]).toEqual(['', ''])
      } finally {
        await house.close()
        await bouncer.stop()
        await database.drop()
      }
    },
    60_000,
  )
})
