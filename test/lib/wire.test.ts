import { expect, test } from 'vitest'
import { WebUrl } from '../../src/lib/wire.ts'
import { Origin } from '../../src/stores/schemas.ts'

test.each([
  '',
  'shop.example',
  '//shop.example',
  'https://',
  'javascript:alert(1)',
  'https://a:b@shop.example',
])('%j is bad input for every address, never an error of ours', text => {
  expect(Origin.safeParse(text).success).toBe(false)
  expect(WebUrl.safeParse(text).success).toBe(false)
})

test('an origin is a scheme and a host only', () => {
  expect(Origin.parse('https://Shop.example:443/')).toBe('https://shop.example')
  expect(Origin.safeParse('https://shop.example/cart').success).toBe(false)
})
