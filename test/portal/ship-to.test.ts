import { expect, test } from 'vitest'
import { shipTo } from '../../src/portal/ship-to.ts'

const address = {
  line1: 'Invalidenstr. 1',
  line2: null,
  postal_code: '10115',
  city: 'Berlin',
  state: '',
  country: 'DE',
}
const intent = { shipping: { name: 'Ada', phone: null, address } }
const BERLIN = { country: 'DE', region: null, postal_code: '10 115' }

test('an order goes where the shopper told Stripe, line by line', () => {
  expect(shipTo(intent, BERLIN)).toEqual({
    lines: ['Ada', 'Invalidenstr. 1', '10115 Berlin', 'DE'],
    differs: undefined,
  })
})

test.each([
  ['country', { country: 'CH', region: null, postal_code: null }, 'CH'],
  ['region', { country: 'DE', region: 'BY', postal_code: null }, 'BY DE'],
  ['postal code', { country: 'DE', region: null, postal_code: '20095' }, '20095 DE'],
])('another %s than the one that was priced is said', (_what, priced, differs) => {
  const told = { shipping: { ...intent.shipping, address: { ...address, state: 'BE' } } }
  expect(shipTo(told, priced)?.differs).toBe(differs)
})

test('what only one of them says is no difference, and what was not shipped goes nowhere', () => {
  expect(shipTo(intent, null)?.differs).toBeUndefined()
  expect(shipTo({ shipping: null }, BERLIN)).toBeUndefined()
  expect(shipTo({ shipping: { address: 'x' } }, BERLIN)).toBeUndefined()
  expect(shipTo(undefined, BERLIN)).toBeUndefined()
})
