import { z } from 'zod'
import { Country, line, Time } from '../lib/wire.ts'
import { BasisPoints } from '../stores/schemas.ts'

export { VendorId } from '../catalog/schemas.ts'

export const VendorInput = z
  .strictObject({
    name: line(120),
    email: z.email().max(254).meta({ description: 'Where the vendor signs in, and what Stripe is told' }),
    country: Country.meta({ description: 'Where its business is; fixed once it has a Stripe account' }),
    business_type: z.enum(['individual', 'company', 'non_profit', 'government_entity']).nullish(),
    commission_bps: BasisPoints.nullish().meta({
      description: "What the store keeps, in basis points; null or left out: the store's own rate",
    }),
    stripe_account: z
      .string()
      .regex(/^acct_\w{1,60}$/, 'is not the id of a Stripe account')
      .optional()
      .meta({ description: 'An account that your platform has already; without one, onboarding makes it' }),
  })
  .meta({
    examples: [
      { name: 'Harbour Pottery', email: 'clay@harbour.example', country: 'DE', business_type: 'individual' },
    ],
  })

const AccountId = z
  .string()
  .nullable()
  .meta({ examples: ['acct_1HARBOURPOTTERY'] })

export const VendorView = z
  .object({
    id: z.string().meta({ examples: ['harbour-pottery'] }),
    name: z.string(),
    email: z.string(),
    country: z.string(),
    business_type: z.string().nullable(),
    commission_bps: z.number().nullable().meta({ description: "Null: the store's own rate" }),
    stripe_account: AccountId,
    connected: z.boolean().meta({ description: 'Whether Stripe can pay it, in the mode of the store' }),
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'Vendor' })

const Names = z.array(z.string()).meta({ examples: [['external_account']] })

export const VendorStatus = z
  .object({
    vendor_id: z.string(),
    mode: z.enum(['test', 'live']),
    account_id: AccountId,
    connected: z.boolean().meta({ description: 'Charges and payouts are enabled' }),
    charges_enabled: z.boolean(),
    payouts_enabled: z.boolean(),
    details_submitted: z.boolean(),
    requirements: z.object({
      currently_due: Names,
      past_due: Names,
      pending_verification: Names,
      disabled_reason: z.string().nullable(),
    }),
    checked_at: Time.nullable().meta({ description: 'As of when, by Stripe' }),
  })
  .meta({ id: 'VendorStatus' })

export const NewOnboardingLink = z
  .strictObject({
    return_url: z
      .string()
      .max(2_000)
      .optional()
      .meta({ description: "Where the vendor goes afterwards: on an origin of the store's list" }),
  })
  .meta({ examples: [{ return_url: 'https://shop.example/vendors' }] })

export type VendorInput = z.infer<typeof VendorInput>
export type VendorStatus = z.output<typeof VendorStatus>
