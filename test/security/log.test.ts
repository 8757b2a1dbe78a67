import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'

const logged = new PassThrough()
let text = ''
let house: House

beforeAll(async () => {
  logged.on('data', chunk => (text += chunk))
  house = await openHouse({ LOG_LEVEL: 'info' }, logged)
})
afterAll(() => house.close())

const lines = () =>
  text
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>)
const lineOf = async (id: string, msg: string) => {
  await new Promise(resolve => setImmediate(resolve))
  return lines().find(line => line.request_id === id && line.msg === msg)
}

test('each answer is one line of JSON, with the id that the answer shows', async () => {
  const answer = await house.app.inject({ url: '/api/carts/0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c' })
  const { request_id } = answer.json()
  expect(await lineOf(request_id, 'answered')).toMatchObject({
    method: 'GET',
    route: '/api/carts/:id',
    status: 404,
    ms: expect.any(Number),
    time: expect.any(Number),
  })

  const page = await house.app.inject({ url: '/nothing' })
  const id = /[\da-f]{8}-[\da-f-]{27}/.exec(page.body)![0]
  expect(await lineOf(id, 'answered')).toMatchObject({ route: 'none', status: 404 })
})

test('a refusal is a line, too, and says nothing of what was tried', async () => {
  const answer = await house.app.inject({
    url: '/api/internal/stores/canary%0a%22x',
    headers: { 'x-internal-secret': 'canary"\\n{"level":60}' },
  })
  expect(answer.statusCode).toBe(401)
  expect(await lineOf(answer.json().request_id, 'answered')).toMatchObject({ status: 401 })
  expect(text).not.toContain('canary')
})

test('an error of ours is logged with where it happened, and answered without', async () => {
  const real = house.deps.db.engine.query
  house.deps.db.engine.query = () => Promise.reject(new TypeError('canary is not a function'))
  const answer = await house.app.inject({ url: '/readyz' })
  house.deps.db.engine.query = real
  expect(answer.statusCode).toBe(500)
  expect(answer.body).not.toMatch(/canary|log\.test|node_modules/)
  expect(await lineOf(answer.json().request_id, 'unexpected error')).toMatchObject({
    err: { type: 'TypeError', stack: expect.stringContaining('log.test.ts') },
  })
})
