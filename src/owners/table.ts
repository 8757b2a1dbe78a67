import type { Generated } from 'kysely'

export type SignInsTable = {
  id: string
  email: string
  browser_digest: Buffer
  code_digest: Buffer
  next: string | null
  tries: Generated<number>
  created_at: Generated<Date>
  expires_at: Date
  spent_at: Date | null
}

export type OwnerSessionsTable = {
  id: string
  email: string
  store_id: string | null
  digest: Buffer
  previous_digest: Buffer | null
  rotated_at: Generated<Date>
  seen_at: Generated<Date>
  signed_in_at: Generated<Date>
}

export type PortalLinksTable = {
  store_id: string
  id: string
  digest: Buffer
  path: string
  created_at: Generated<Date>
  expires_at: Date
  spent_at: Date | null
}
