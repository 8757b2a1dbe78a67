import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { queueDepths, queueState } from '../../src/jobs/depth.ts'
import { makeJobs } from '../../src/jobs/jobs.ts'
import { type House, openHouse } from '../harness/house.ts'

let house: House
let db: Database

beforeAll(async () => {
  house = await openHouse()
  db = house.deps.db
})
afterAll(() => house.close())

test('a queue has a depth from when it is first started', async () => {
  expect(await queueDepths(db)).toEqual([])
  const complaints: string[] = []
  const complain = (_context: object, message: string) => void complaints.push(message)
  const jobs = makeJobs(db, { error: complain, warn: complain })
  await jobs.start([{ name: 'sweep-the-floor', cron: '0 0 29 2 *', work: async () => undefined }])
  expect(await queueDepths(db)).toContainEqual({ name: 'sweep-the-floor', waiting: 0, active: 0, failed: 0 })
  await jobs.stop(3)
  expect(complaints).toEqual([])
})

test('a service whose jobs nobody works on is not ready, and is again when somebody does', async () => {
  const readiness = async () => (await fetch(`${house.url}/readyz`)).status
  const lastTick = (when: string) => db.engine.script(`update jobs.version set cron_on = ${when}`)
  await lastTick("now() - interval '1 hour'")
  expect([await queueState(db), await readiness()]).toEqual(['silent', 503])
  await lastTick('now()')
  expect([await queueState(db), await readiness()]).toEqual(['works', 200])
})

test('an instance that meets another one making the queue starts all the same', async () => {
  await db.engine.script('drop schema if exists jobs cascade')
  let met = 0
  const script = async (text: string) => {
    const result = await db.engine.script(text)
    // What Postgres says to the second of two that made the tables at the same moment.
    if (text.includes('CREATE SCHEMA') && met++ === 0)
      throw Object.assign(new Error('twice'), { code: '23505' })
    return result
  }
  const meeting = { engine: { ...db.engine, script } } as Database
  const jobs = makeJobs(meeting, { error: () => undefined, warn: () => undefined })
  await jobs.start([])
  await jobs.stop(3)
  expect(met).toBe(1)
})
