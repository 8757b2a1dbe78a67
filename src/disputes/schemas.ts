import { z } from 'zod'
import { Amount, Time, Uuid } from '../lib/wire.ts'

export const DisputeView = z
  .object({
    id: z.string().meta({ description: "Stripe's id" }),
    order_id: Uuid,
    amount: Amount,
    currency: z.string(),
    reason: z.string(),
    status: z
      .string()
      .meta({ description: "Stripe's word: `needs_response`, `under_review`, `won`, `lost` …" }),
    due_by: Time.nullable().meta({ description: 'By when Stripe wants evidence' }),
    funds: z.enum(['with_merchant', 'withdrawn', 'reinstated']).meta({ description: 'Where the money is' }),
    dashboard_url: z.string().meta({ description: "Where the merchant answers, in Stripe's dashboard" }),
    created_at: Time,
  })
  .meta({ id: 'Dispute' })

export type DisputeView = z.output<typeof DisputeView>
