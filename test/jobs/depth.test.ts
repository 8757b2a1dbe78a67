import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { queueDepths } from '../../src/jobs/depth.ts'
import { makeJobs } from '../../src/jobs/jobs.ts'
import { openTestDatabase } from '../harness/house.ts'

let db: Database

beforeAll(async () => {
  db = await openTestDatabase()
})
afterAll(() => db.close())

test('a queue has a depth from when it is first started', async () => {
  expect(await queueDepths(db)).toEqual([])
  const complaints: string[] = []
  const complain = (_context: object, message: string) => void complaints.push(message)
  const jobs = makeJobs(db, { error: complain, warn: complain })
  await jobs.start([{ name: 'sweep-the-floor', work: async () => undefined }])
  expect(await queueDepths(db)).toContainEqual({ name: 'sweep-the-floor', waiting: 0, active: 0, failed: 0 })
  await jobs.stop(3)
  expect(complaints).toEqual([])
})
