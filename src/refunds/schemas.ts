import { z } from 'zod'
import { Amount, Price, Time, Uuid } from '../lib/wire.ts'

/** Stripe's three reasons; it tells them to the shopper's bank. */
export const RefundReason = z.enum(['duplicate', 'fraudulent', 'requested_by_customer'])

export const NewRefund = z.strictObject({
  amount: Price.refine(amount => Number(amount) > 0, 'must be more than nothing')
    .optional()
    .meta({ description: 'In the currency of the order; all that is left when it is not given' }),
  reason: RefundReason.optional(),
  commission: z
    .enum(['return', 'keep'])
    .optional()
    .meta({
      description:
        'Of an order with vendors. `return` (also when not given): the commission is given back in proportion. `keep`: ' +
        'the vendor bears all of it as long as its share lasts.',
    }),
})

export const RefundView = z
  .object({
    id: Uuid,
    order_id: Uuid,
    amount: Amount,
    currency: z.string(),
    reason: z.string().nullable(),
    commission: z.enum(['return', 'keep']).nullable(),
    status: z.enum(['pending', 'succeeded', 'failed', 'cancelled']).meta({
      description: '`pending`: asked for, or under way at the bank. One that succeeded may still fail later.',
    }),
    failure: z.string().nullable().meta({ description: "Stripe's code for why it failed" }),
    stripe_refund: z.string().nullable(),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'Refund' })

export type NewRefund = z.infer<typeof NewRefund>
