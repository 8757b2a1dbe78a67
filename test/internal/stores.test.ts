import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../harness/house.ts'
import { internal, newStore } from '../harness/shop.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('a change of one field leaves every other as it was', async () => {
  const { id } = await newStore(house, { logo_url: 'https://shop.example/logo.svg', color: '#1f5d4c' })
  const before = await internal(house, 'GET', `/stores/${id}`)
  const { status, body } = await internal(house, 'PATCH', `/stores/${id}`, { name: 'Another name' })
  expect(status).toBe(200)
  expect(body).toEqual({ ...before.body, name: 'Another name', updated_at: body.updated_at })
})

test('a path that is no text at all is a problem, not an accident of ours', async () => {
  const response = await fetch(`${house.url}/api/internal/stores/%zz`)
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
})
