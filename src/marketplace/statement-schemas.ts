import { z } from 'zod'
import { Amount, Time, Uuid } from '../lib/wire.ts'

/** A month, as `2026-11`; its days are counted in UTC. */
export const Month = z
  .string()
  .regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'is not a month such as 2026-11')
  .meta({ examples: ['2026-11'] })

const Agreement = z.enum(['agrees', 'differs', 'unknown', 'by_hand']).meta({
  description:
    "Whether Stripe's transfer, as the mirror has it, is what our ledger says: `unknown` when the mirror has not (yet) " +
    'heard of it, `by_hand` when Stripe pays nothing of it.',
})

const Entry = z.object({
  kind: z.enum(['sale', 'refund']),
  at: Time,
  order_id: Uuid,
  confirmation_code: z.string(),
  reference: z.string().nullable(),
  gross: Amount,
  commission: Amount,
  amount: Amount.meta({ description: 'For the vendor; negative when it gave it back' }),
  transfer: z.string().nullable(),
  stripe: Agreement,
})

export const StatementView = z
  .object({
    vendor_id: z.string(),
    month: z.string(),
    currency: z.string(),
    entries: z.array(Entry),
    disputes: z.array(
      z.object({
        id: z.string(),
        order_id: Uuid,
        confirmation_code: z.string(),
        amount: Amount,
        status: z.string(),
        opened_at: Time,
      }),
    ),
    totals: z.object({
      sales: Amount.meta({ description: 'What shoppers paid for it' }),
      refunds: Amount,
      commission: Amount.meta({ description: 'What the store keeps of that' }),
      amount: Amount.meta({ description: 'What is for the vendor: sales − refunds − commission' }),
      by_stripe: Amount.meta({ description: 'Of that, in its Stripe account' }),
      by_hand: Amount.meta({ description: 'Of that, paid or to be paid by hand' }),
    }),
    reconciled: z.boolean().meta({ description: 'No entry differs from Stripe, and none is unknown' }),
  })
  .meta({ id: 'Statement' })

export type Statement = z.output<typeof StatementView>
export type StatementEntry = z.output<typeof Entry>
