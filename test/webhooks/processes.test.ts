import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Installation, type Instance, openInstallation } from '../harness/installation.ts'
import { send, withDuplicates } from '../harness/sender.ts'
import { newDatabase, type OwnDatabase } from '../harness/service.ts'

const server = inject('templateUrl') && process.env.TEST_DATABASE_URL

describe.runIf(server)('two processes on one database', () => {
  let database: OwnDatabase
  let installation: Installation
  let second: Instance

  beforeAll(async () => {
    database = await newDatabase(server!)
    installation = await openInstallation(database.url, inject('sandboxUrl'))
    second = await installation.start()
  }, 120_000)
  afterAll(async () => {
    await installation?.close()
    await database?.drop()
  })

  test('the same shuffled events at both: each is applied once, whoever is told first', async () => {
    const events = await installation.orders(100)
    const urls = [installation.first.url, second.url]
    const sent = await Promise.all(urls.map(url => send(withDuplicates(events, 0.2), () => url)))
    expect(sent.map(({ statuses }) => [...statuses.keys()])).toEqual([[200], [200]])
    expect(await installation.tally(events)).toEqual({ applied: events.length, lost: 0, doubled: 0 })
  }, 60_000)
})
