import { z } from 'zod'
import { Time, text } from '../lib/wire.ts'

export const ModeName = z.enum(['test', 'live'])

const ObjectId = text(255)
const Moment = z.iso.datetime().meta({ examples: ['2026-11-21T08:00:00Z'] })

export const ObjectPlace = z.object({
  mode: ModeName.optional().meta({ description: 'The store’s own unless said otherwise' }),
  connected_account: text(255)
    .optional()
    .meta({ description: 'Objects that live in this connected account', examples: ['acct_1NxYzVendor'] }),
})

export const ObjectQuery = ObjectPlace.extend({
  cursor: ObjectId.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  customer: ObjectId.optional().meta({ examples: ['cus_QxYz'] }),
  payment_intent: ObjectId.optional(),
  charge: ObjectId.optional(),
  invoice: ObjectId.optional(),
  subscription: ObjectId.optional(),
  product: ObjectId.optional(),
  created_from: Moment.optional(),
  created_before: Moment.optional(),
  deleted: z
    .stringbool()
    .default(false)
    .meta({ description: 'Whether those that were deleted at Stripe are listed too' }),
})

export type ObjectQuery = z.output<typeof ObjectQuery>

export const ObjectView = z
  .object({
    id: z.string().meta({ examples: ['ch_3QxYzKept'] }),
    type: z.string().meta({ examples: ['charge'] }),
    mode: ModeName,
    connected_account: z.string().nullable(),
    created: Time.nullable(),
    deleted: z.boolean().meta({ description: 'Deleted at Stripe; `object` is how it was last' }),
    seen_at: Time.meta({ description: 'Stripe’s time of this version' }),
    object: z
      .record(z.string(), z.unknown())
      .meta({ description: 'As Stripe shows it, with ids for whole objects' }),
  })
  .meta({ id: 'StripeObject' })

/** How a row of the mirror crosses the wire. */
export const objectView = <Row extends { account: string }>({ account, ...row }: Row) => ({
  ...row,
  connected_account: account || null,
})

const Count = z.int().min(0)

export const StorageView = z
  .object({
    kinds: z.array(
      z.object({
        type: z.string().meta({ examples: ['charge'] }),
        mode: ModeName,
        objects: Count,
        deleted: Count.meta({ description: 'How many of them were deleted at Stripe' }),
        bytes: Count,
      }),
    ),
    events: Count.meta({ description: 'Events in the inbox; they are kept for 90 days' }),
    event_bytes: Count,
  })
  .meta({
    id: 'Storage',
    description: 'What is kept of a store’s Stripe data; bytes as stored, without indexes',
  })

export const NewSync = z.object({
  mode: ModeName.optional(),
  types: z
    .array(text(100))
    .min(1)
    .max(100)
    .optional()
    .meta({ examples: [['charge', 'refund']] }),
  since: z
    .union([Moment, z.literal('last')])
    .optional()
    .meta({
      description: 'Only what was created from then on; `last`: since the last time that came to its end',
    }),
})

export const SyncView = z
  .object({
    mode: ModeName,
    running: z.boolean().meta({ description: 'Whether anything is left to be fetched' }),
    kinds: z.array(
      z.object({
        type: z.string().meta({ examples: ['charge'] }),
        state: z.enum(['waiting', 'running', 'done', 'forbidden', 'refused']).meta({
          description: '`forbidden`: the key may not read it; `refused`: Stripe does not list it here',
        }),
        done: Count,
        expected: Count.nullable().meta({
          description: 'About how many there will be, when that can be told',
        }),
        bad: Count.meta({ description: 'Objects that could not be kept' }),
        bad_objects: z.array(z.object({ id: z.string().nullable(), reason: z.string() })),
        since: Time.nullable(),
        started_at: Time,
        finished_at: Time.nullable(),
      }),
    ),
  })
  .meta({ id: 'Sync' })
