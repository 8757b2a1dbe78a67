import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { reveal, Secret } from '../lib/secret.ts'
import { BoxDoesNotOpen, type Place } from '../vault/vault.ts'

/** How long the browser that connected a store by a link may see the details, in minutes. */
const MINUTES = 15

const NAME = 'owntill_connected'

const placeOf = (storeId: string): Place => ({
  store_id: storeId,
  purpose: 'just_connected',
  mode: 'any',
  row_id: storeId,
  version: 1,
})

/** Gives this browser the details of this store for a while: a sealed note that opens for the one store only. */
export function noteConnected({ config, vault }: Deps, reply: FastifyReply, storeId: string): void {
  const until = new Secret(String(Date.now() + MINUTES * 60_000))
  reply.setCookie(NAME, vault.seal(placeOf(storeId), until), {
    path: `/stripe/success/${storeId}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: config.publicUrl.startsWith('https://'),
    maxAge: MINUTES * 60,
  })
}

export function hasJustConnected({ vault }: Deps, request: FastifyRequest, storeId: string): boolean {
  const note = request.cookies[NAME]
  if (!note) return false
  try {
    return Number(reveal(vault.open(placeOf(storeId), note))) > Date.now()
  } catch (error) {
    if (error instanceof BoxDoesNotOpen) return false
    throw error
  }
}
