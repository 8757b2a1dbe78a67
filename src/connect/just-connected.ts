import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Deps } from '../deps.ts'
import { reveal, Secret } from '../lib/secret.ts'
import { BoxDoesNotOpen, type Place } from '../vault/vault.ts'

/** How long the browser that connected a store by a link may see the details, in minutes. */
const MINUTES = 15

// Over https a browser then takes it from a secure page only. Not __Host-: it is for one path.
const nameOf = ({ publicUrl }: Config): string =>
  `${publicUrl.startsWith('https://') ? '__Secure-' : ''}owntill_connected`

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
  reply.setCookie(nameOf(config), vault.seal(placeOf(storeId), until), {
    path: `/stripe/success/${storeId}`,
    httpOnly: true,
    sameSite: 'lax',
    secure: config.publicUrl.startsWith('https://'),
    maxAge: MINUTES * 60,
  })
}

export function hasJustConnected({ config, vault }: Deps, request: FastifyRequest, storeId: string): boolean {
  const note = request.cookies[nameOf(config)]
  if (!note) return false
  try {
    return Number(reveal(vault.open(placeOf(storeId), note))) > Date.now()
  } catch (error) {
    if (error instanceof BoxDoesNotOpen) return false
    throw error
  }
}
