import type { Generated } from 'kysely'

export type PartnersTable = {
  id: string
  name: string
  created_at: Generated<Date>
}

export type PartnerSecretsTable = {
  partner_id: string
  id: string
  digest: Buffer
  scopes: string[]
  created_at: Generated<Date>
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}
