import { z } from 'zod'
import { Currency, line, Time, Uuid, WebUrl } from '../lib/wire.ts'

/** A rate in basis points: 1000 is 10 %. */
export const BasisPoints = z
  .int()
  .min(0)
  .max(10_000)
  .meta({
    description: 'In basis points: 1000 is 10 %',
    examples: [1000],
  })

/** Scheme, host and port only; https, or http for localhost (which only works outside production). */
export const Origin = z
  .url({ protocol: /^https?$/, abort: true })
  .max(300)
  .refine(url => new URL(url).href === `${new URL(url).origin}/`, 'must be a scheme and host only')
  .overwrite(url => new URL(url).origin)
  .meta({ description: 'Scheme and host of the shop', examples: ['https://shop.example'] })

const Origins = z.array(Origin).max(20)

export const Color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1a7f64')
  .meta({ examples: ['#1f5d4c'] })

export const OwnerLocaleName = z
  .enum(['en', 'de'])
  .meta({ description: 'The language of letters to the owner' })

export const NewStore = z
  .strictObject({
    id: Uuid.optional(),
    name: line(120),
    currency: Currency,
    owner_email: z.email().max(254),
    origins: Origins.default([]),
    logo_url: WebUrl.nullish(),
    color: Color.nullish(),
    support_email: z.email().max(254).nullish().meta({ description: 'Where shoppers find help' }),
    support_url: WebUrl.nullish(),
    order_mail: z.boolean().optional().meta({ description: 'Mail the owner each paid order' }),
    owner_locale: OwnerLocaleName.optional(),
    commission_bps: BasisPoints.optional().meta({
      description: 'What the store keeps of what its vendors sell, in basis points; 1000 when never given',
    }),
  })
  .meta({
    examples: [
      {
        name: 'Fern & Kettle',
        currency: 'eur',
        owner_email: 'owner@shop.example',
        origins: ['https://shop.example'],
        color: '#1f5d4c',
      },
    ],
  })

export const StoreChange = NewStore.omit({ id: true, currency: true })
  .partial()
  .extend({
    // Not the default of a new store: what a change leaves out stays as it is.
    origins: Origins.optional(),
    mode: z.enum(['test', 'live']).optional(),
  })
  .meta({ examples: [{ support_email: 'help@shop.example' }] })

export const StoreView = z
  .object({
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
    order_mail: z.boolean(),
    owner_locale: OwnerLocaleName,
    commission_bps: z.number(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({
    id: 'Store',
    examples: [
      {
        id: '0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c',
        name: 'Fern & Kettle',
        currency: 'eur',
        mode: 'test',
        owner_email: 'owner@shop.example',
        origins: ['https://shop.example'],
        logo_url: null,
        color: '#1f5d4c',
        support_email: null,
        support_url: null,
        order_mail: false,
        owner_locale: 'en',
        commission_bps: 1000,
        created_at: '2026-11-21T18:57:13.000Z',
        updated_at: '2026-11-21T18:57:13.000Z',
      },
    ],
  })

export const PublicStatus = z.object({
  store_id: z.string().meta({ examples: ['0199d3a0-7c1e-7b7e-9d0a-5f6f0c7a1b2c'] }),
  has_stripe: z.boolean().meta({ description: 'Whether shoppers can pay' }),
  is_live_mode: z.boolean(),
})

const ModeStatus = z.object({
  connected: z.boolean(),
  account_id: z
    .string()
    .nullable()
    .meta({ examples: ['acct_1FERNKETTLE0001'] }),
  key_kind: z.enum(['secret', 'restricted']).nullable(),
  webhook: z.enum(['unproven', 'proven', 'missing']),
  all_events: z.boolean().meta({ description: 'Whether Stripe reports everything, or what orders need' }),
  last_event_at: Time.nullable(),
  problems: z.array(z.string()).meta({ examples: [[]] }),
})

export const StripeStatus = PublicStatus.extend({ modes: z.object({ test: ModeStatus, live: ModeStatus }) })

export const ConnectionChange = z.strictObject({ all_events: z.boolean() }).meta({
  examples: [{ all_events: true }],
})
export const ConnectionView = ModeStatus.meta({ id: 'Connection' })

export const NewConnectLink = z
  .strictObject({ return_url: z.string().max(2_000).optional() })
  .meta({ examples: [{ return_url: 'https://shop.example/settings' }] })
export const LinkView = z.object({ url: z.url(), expires_at: Time }).meta({ id: 'Link' })

export type NewStore = z.infer<typeof NewStore>
export type StoreChange = z.infer<typeof StoreChange>
export type StripeStatus = z.output<typeof StripeStatus>
