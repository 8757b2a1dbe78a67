import { z } from 'zod'
import { RateId } from '../catalog/terms-schemas.ts'
import { Country, line } from '../lib/wire.ts'

const place = {
  country: Country,
  region: line(100).toUpperCase().optional().meta({ description: 'As in ISO 3166-2, without the country' }),
  postal_code: line(20).optional(),
}

/** Where who pays lives, as far as the tax depends on that. */
export const BillingAt = z
  .strictObject(place)
  .meta({ examples: [{ country: 'US', region: 'CA', postal_code: '94103' }] })

/** Where an order goes, as far as its price depends on that, and by which rate. */
export const ShippingTo = z.strictObject({
  ...place,
  rate_id: RateId.optional().meta({ description: 'Left out: the one chosen before, or the cheapest' }),
})
