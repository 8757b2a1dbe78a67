import { z } from 'zod'
import { Currency, HttpsUrl, line, Time, Uuid } from '../lib/wire.ts'

/** Scheme, host and port only; https, or http for localhost (which only works outside production). */
export const Origin = z
  .url({ protocol: /^https?$/, abort: true })
  .max(300)
  .refine(url => new URL(url).href === `${new URL(url).origin}/`, 'must be a scheme and host only')
  .transform(url => new URL(url).origin)
  .meta({ example: 'https://shop.example' })

export const Color = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1a7f64')

export const NewStore = z.strictObject({
  id: Uuid.optional(),
  name: line(120),
  currency: Currency,
  owner_email: z.email().max(254),
  origins: z.array(Origin).max(20).default([]),
  logo_url: HttpsUrl.nullish(),
  color: Color.nullish(),
  support_email: z.email().max(254).nullish().meta({ description: 'Where shoppers find help' }),
  support_url: HttpsUrl.nullish(),
})

export const StoreChange = NewStore.omit({ id: true, currency: true })
  .partial()
  .extend({
    mode: z.enum(['test', 'live']).optional(),
  })

export const StoreView = z.object({
  id: Uuid,
  name: z.string(),
  currency: z.string(),
  mode: z.enum(['test', 'live']),
  owner_email: z.string(),
  origins: z.array(z.string()),
  logo_url: z.string().nullable(),
  color: z.string().nullable(),
  support_email: z.string().nullable(),
  support_url: z.string().nullable(),
  created_at: Time,
  updated_at: Time,
})

export const PublicStatus = z.object({
  store_id: z.string(),
  has_stripe: z.boolean(),
  is_live_mode: z.boolean(),
})

const ModeStatus = z.object({
  connected: z.boolean(),
  account_id: z.string().nullable(),
  key_kind: z.enum(['secret', 'restricted']).nullable(),
  webhook: z.enum(['unproven', 'proven', 'missing']),
  last_event_at: Time.nullable(),
  problems: z.array(z.string()),
})

export const StripeStatus = PublicStatus.extend({ modes: z.object({ test: ModeStatus, live: ModeStatus }) })

export const NewConnectLink = z.strictObject({ return_url: z.string().max(2_000).optional() })
export const LinkView = z.object({ url: z.string(), expires_at: Time })

export type NewStore = z.infer<typeof NewStore>
export type StoreChange = z.infer<typeof StoreChange>
export type StripeStatus = z.output<typeof StripeStatus>
