import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { expireInTime } from '../../src/sandbox/api/checkout_sessions_life.ts'
import { openSession } from '../../src/sandbox/api/checkout_sessions_opened.ts'
import { reckon, share } from '../../src/sandbox/api/checkout_sessions_totals.ts'
import { resources } from '../../src/sandbox/api/index.ts'
import { alone, World } from '../../src/sandbox/engine/world.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a session expires by itself when its time has come, and not before', () => {
  const world = new World(resources)
  const books = world.of('acct_1EXPIRY00000000', false)
  const context = alone(world, books)
  const session = openSession(
    context,
    {
      mode: 'payment',
      success_url: 'http://localhost/done',
      expires_at: Math.floor(Date.now() / 1000) + 1800,
      line_items: [
        { price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Mug' } }, quantity: 1 },
      ],
    },
    undefined,
  )
  expireInTime(world, context, session)
  vi.advanceTimersByTime(1_798_000)
  expect(session.status).toBe('open')
  vi.advanceTimersByTime(3_000)
  expect(session.status).toBe('expired')
  expect([...books.events.newest()][0]!.type).toBe('checkout.session.expired')
  world.close()
})

const cents = fc.integer({ min: 0, max: 1_000_000 })

test('shares of a discount add up to the discount, and none is negative', () => {
  fc.assert(
    fc.property(
      fc.array(cents, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 100 }),
      (weights, percent) => {
        const sum = weights.reduce((total, weight) => total + weight, 0)
        const discount = Math.round((sum * percent) / 100)
        const parts = share(discount, weights)
        expect(parts.reduce((total, part) => total + part, 0)).toBe(discount)
        for (const [index, part] of parts.entries()) {
          expect(part).toBeGreaterThanOrEqual(0)
          expect(part).toBeLessThanOrEqual(weights[index]! + 1)
        }
        const lines = reckon(
          weights.map(subtotal => ({ subtotal, rates: [] })),
          discount,
        )
        expect(lines.reduce((total, line) => total + line.total, 0)).toBe(sum - discount)
      },
    ),
  )
})
