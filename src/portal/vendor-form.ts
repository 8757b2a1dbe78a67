import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Country, line } from '../lib/wire.ts'
import type { Vendor } from '../marketplace/table.ts'
import { parsePercentage, toPercentage } from '../pricing/percentage.ts'
import { type FieldErrors, optional, typed } from './forms.ts'
import { portalPage } from './page.ts'

export const WRONG_COMMISSION = 'Write a percentage from 0 to 100, with at most two decimals.'

/** A commission as it is typed, in basis points. */
export const Commission = z
  .string()
  .trim()
  .transform(text => parsePercentage(text.replace(',', '.'), 2))
  .pipe(z.int())

/** What an owner says of a vendor. */
export const VendorForm = z.object({
  name: z.string().trim().min(1, 'Give it a name.').pipe(line(120)),
  email: z.string().trim().pipe(z.email('This does not look like an e-mail address.').max(254)),
  country: z.string().trim().pipe(Country),
  // Empty: the store's own rate.
  commission: optional(Commission, WRONG_COMMISSION),
})

/** A commission as people write it. */
export const rateOf = (bps: number): string => `${toPercentage(bps, 2)} %`

/** The form of a new vendor, or of one that is there; with what is wrong in it. */
export function formPage(
  request: FastifyRequest,
  reply: FastifyReply,
  vendor?: Vendor,
  errors: FieldErrors = {},
) {
  const wrong = Object.keys(errors).length > 0
  const bps = vendor?.commission_bps
  const saved = vendor && {
    name: vendor.name,
    email: vendor.email,
    country: vendor.country,
    commission: bps == null ? '' : toPercentage(bps, 2),
  }
  return portalPage(
    request,
    reply,
    'vendors',
    'vendor-form',
    {
      title: vendor?.name ?? 'New vendor',
      vendor: vendor && { id: vendor.id, name: vendor.name },
      store_rate: rateOf(request.store.commission_bps),
      values: wrong ? typed(request.body) : (saved ?? {}),
      errors,
    },
    wrong ? 422 : 200,
  )
}
