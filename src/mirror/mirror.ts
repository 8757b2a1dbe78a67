import type { Mode } from '../lib/mode.ts'

export type MirrorValues = {
  store_id: string
  mode: Mode
  /** The connected account the object lives in; empty for the store's own. */
  object_account: string
  object_type: string | null
  object_id: string | null
  deleted: boolean
  seen_at: Date
}

/**
 * Part of a statement: keeps the object (`source` is SQL for its jsonb) as the newest version, once per row of
 * `rows`, unless a newer one is there. Stripe's clock ticks in seconds: of one second the later arrival stays.
 */
export const mirrorObject = (rows: string, source: string) => `
  mirrored as (
    insert into stripe_objects (store_id, mode, account, type, id, object, seen_at, deleted)
    select :store_id::uuid, :mode::text, :object_account::text, :object_type::text, :object_id::text, ${source},
           :seen_at::timestamptz, :deleted::boolean
    from ${rows}
    where :object_id::text is not null
    on conflict (store_id, mode, account, type, id) do update
    set object = excluded.object, seen_at = excluded.seen_at, deleted = excluded.deleted, updated_at = now()
    where excluded.seen_at >= stripe_objects.seen_at
  )`
