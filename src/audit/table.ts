import type { Generated, JSONColumnType, Selectable } from 'kysely'

export type Action =
  | 'store.created'
  | 'store.changed'
  | 'store.mode_switched'
  | `${'product' | 'vendor' | 'shipping_rate' | 'tax_rate' | 'discount'}.${'created' | 'changed' | 'deleted'}`
  | 'keys.connected'
  | 'keys.replaced'
  | 'keys.disconnected'
  | 'webhook_secret.saved'
  | 'webhook.events_chosen'
  | 'connect_link.created'
  | 'portal_link.created'
  | 'portal_link.used'
  | 'refund.issued'
  | 'receipt.resent'
  | `${'mail' | 'outbox'}.${'retried' | 'dismissed'}`
  | 'vendor.onboarding_link_created'
  | 'vendor.payout_settled'
  | 'event.replayed'
  | 'event.dismissed'
  | 'mirror.granted'
  | 'mirror.revoked'
  | 'mirror.synced'
  | 'notification_endpoint.saved'
  | 'notification_endpoint.deleted'
  | 'notification_endpoint.secret_rolled'
  | 'notification_endpoint.replayed'
  | 'notification_endpoint.disabled'

/** What changed, in words and ids; never a key, a code or a secret. */
export type AuditDetail = Record<string, string | number | boolean | null | string[]>

export type AuditTable = {
  store_id: string
  id: string
  at: Generated<Date>
  actor_kind: 'owner' | 'partner' | 'service'
  actor: string | null
  action: Action
  detail: JSONColumnType<AuditDetail>
}

export type AuditEntry = Selectable<AuditTable>
