import { createHash, randomBytes, randomInt } from 'node:crypto'
import { v7 } from 'uuid'

/** A new UUID v7: sorts by the time it was made, so that indexes stay compact. */
export const newId = (): string => v7()

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** An id as it is kept; undefined for what is no UUID, of whichever version: partners may bring their own. */
export const readId = (text: unknown): string | undefined =>
  typeof text === 'string' && UUID.test(text) ? text.toLowerCase() : undefined

/** SHA-256 of a token: what we store and look up in place of the token, so that a dump opens nothing. */
export const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

/** A secret that somebody carries about: 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

const uuidBytes = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')

const TOKEN_BYTES = 16 + 32

/**
 * A bearer token of 256 random bits that names its store in front: whoever looks it up reaches the row with
 * its tenant (`store_id` is public, the rest is the secret).
 */
export function newStoreToken(storeId: string): string {
  return Buffer.concat([uuidBytes(storeId), randomBytes(32)]).toString('base64url')
}

/** The store that a token names, and the digest that it is stored under. */
export type StoreToken = { store_id: string; digest: Buffer }

/** Undefined when the shape is wrong. */
export function readStoreToken(token: string): StoreToken | undefined {
  if (!/^[\w-]{64}$/.test(token)) return undefined
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== TOKEN_BYTES) return undefined
  return { store_id: uuidText(bytes.subarray(0, 16)), digest: digest(token) }
}

const CODE_ALPHABET = '23456789BCDFGHJKMNPQRTVWXY' // no vowels (no words), nothing that looks like another

/** A confirmation code people can read out: eight characters, 26^8 possibilities, as `K7QX-2M9P`. */
export function newConfirmationCode(): string {
  const code = Array.from({ length: 8 }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('')
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** The least id that can have been made at this moment: those made later are not smaller. */
export function firstIdAt(at: Date): string {
  const bytes = Buffer.alloc(16)
  bytes.writeUIntBE(Math.max(0, at.getTime()), 0, 6)
  bytes[6] = 0x70
  bytes[8] = 0x80
  return uuidText(bytes)
}
