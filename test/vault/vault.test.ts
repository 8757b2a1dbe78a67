import { hkdfSync, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import nacl from 'tweetnacl'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MasterKey } from '../../src/config.ts'
import type { Database } from '../../src/db/database.ts'
import { reveal, Secret } from '../../src/lib/secret.ts'
import { checkKeys, WrongKeys } from '../../src/vault/canaries.ts'
import { BoxDoesNotOpen, bindingOf, makeVault, type Place } from '../../src/vault/vault.ts'
import { openTestDatabase } from '../harness/house.ts'

const newKey = (kid: string): MasterKey => ({ kid, key: new Secret(randomBytes(32).toString('base64')) })
const place: Place = { store_id: 'store-a', purpose: 'secret_key', mode: 'test', row_id: 'row-1', version: 1 }

describe('a sealed secret', () => {
  const key = newKey('k1')
  const vault = makeVault([key])

  test('opens at its place, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => {
        expect(reveal(vault.open(place, vault.seal(place, new Secret(text))))).toBe(text)
      }),
    )
  })

  test.each<[string, Partial<Place>]>([
    ['store', { store_id: 'store-b' }],
    ['purpose', { purpose: 'webhook_secret' }],
    ['mode', { mode: 'live' }],
    ['row', { row_id: 'row-2' }],
    ['version', { version: 2 }],
    ['neighbouring fields', { store_id: 'store-', row_id: 'arow-1' }],
  ])('does not open in the place of another %s', (_name, change) => {
    const box = vault.seal(place, new Secret('x'))
    expect(() => vault.open({ ...place, ...change }, box)).toThrow(BoxDoesNotOpen)
  })

  test('does not open when a single bit was changed, or with another key of the same name', () => {
    const box = vault.seal(place, new Secret('a secret'))
    const parts = box.split('.')
    const bytes = Buffer.from(parts[3]!, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const altered = Buffer.from(bytes)
      altered[bit >> 3]! ^= 1 << (bit & 7)
      const sealed = [...parts.slice(0, 3), altered.toString('base64url')].join('.')
      expect(() => vault.open(place, sealed)).toThrow(BoxDoesNotOpen)
    }
    expect(() => makeVault([newKey('k1')]).open(place, box)).toThrow(BoxDoesNotOpen)
    for (const junk of ['', 'v1', 'v1.k1.x.y', 'v2' + box.slice(2)]) {
      expect(() => vault.open(place, junk)).toThrow(BoxDoesNotOpen)
    }
  })

  test('is sealed with the first key and opened with any', () => {
    const older = newKey('k0')
    const box = makeVault([older]).seal(place, new Secret('x'))
    const both = makeVault([key, older])
    expect(reveal(both.open(place, box))).toBe('x')
    expect(both.seal(place, new Secret('x'))).toMatch(/^v1\.k1\./)
  })

  test("is sealed with the key that Node's own HKDF derives for the place", () => {
    const [, kid = '', nonce = '', box = ''] = vault.seal(place, new Secret('a secret')).split('.')
    const derived = hkdfSync('sha256', Buffer.from(reveal(key.key), 'base64'), '', bindingOf(kid, place), 32)
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
    const plain = nacl.secretbox.open(bytes(box), bytes(nonce), new Uint8Array(derived))
    expect(Buffer.from(plain!).toString()).toBe('a secret')
  })

  test('never seals the same way twice', () => {
    expect(vault.seal(place, new Secret('x'))).not.toBe(vault.seal(place, new Secret('x')))
  })
})

test('a Secret does not print', () => {
  const secret = new Secret('CANARY')
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    JSON.stringify(Object.entries(secret)),
  ]
  expect(printed.join()).not.toContain('CANARY')
})

describe('at each boot', () => {
  let db: Database
  beforeAll(async () => {
    db = await openTestDatabase()
  })
  afterAll(() => db.close())

  test('every key that ever sealed must be there, and be the same', async () => {
    const [one, two] = [newKey('one'), newKey('two')]
    await checkKeys(db, makeVault([one]))
    await checkKeys(db, makeVault([two, one]))
    await checkKeys(db, makeVault([one, two]))
    await expect(checkKeys(db, makeVault([one]))).rejects.toThrow(WrongKeys)
    await expect(checkKeys(db, makeVault([one, newKey('two')]))).rejects.toThrow(WrongKeys)
    await expect(checkKeys(db, makeVault([newKey('three')]))).rejects.toThrow(WrongKeys)
    // A boot that was refused leaves no trace of its own key.
    const kids = await db.selectFrom('vault_canaries').select('kid').orderBy('kid').execute()
    expect(kids.map(({ kid }) => kid)).toEqual(['one', 'two'])
  })
})
