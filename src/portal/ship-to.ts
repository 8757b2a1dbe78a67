import { z } from 'zod'
import type { Shipped } from '../orders/table.ts'

const text = z.string().nullish().catch(null)
// Whoever pays writes it, and endpoints send many API versions: only what is understood is shown.
const Delivery = z.object({
  name: text,
  phone: text,
  address: z.object({
    line1: text,
    line2: text,
    postal_code: text,
    city: text,
    state: text,
    country: text,
  }),
})
type Address = z.output<typeof Delivery>['address']

/**
 * Where an order goes, as the shopper told Stripe with the payment; undefined when they told nothing. `differs` names
 * the place for which shipping and tax were worked out, when that is another one: then somebody should look before
 * the parcel leaves.
 */
export function shipTo(intent: Record<string, unknown> | undefined, priced: Shipped | null) {
  const { data } = Delivery.safeParse(intent?.shipping)
  if (!data) return undefined
  const { name, phone, address } = data
  const town = [address.postal_code, address.city].filter(Boolean).join(' ')
  const lines = [name, address.line1, address.line2, town, address.state, address.country, phone]
  return {
    lines: lines.filter(line => typeof line === 'string' && line !== ''),
    differs: priced && isElsewhere(address, priced) ? placeOf(priced) : undefined,
  }
}

const plain = (part: string | null | undefined) => part?.replace(/[\s-]/g, '').toUpperCase()

// What one of the two leaves open is no difference.
function isElsewhere(address: Address, { country, region, postal_code }: Shipped): boolean {
  const pairs = [
    [address.country, country],
    [address.state, region],
    [address.postal_code, postal_code],
  ] as const
  return pairs.some(([told, known]) => plain(told) && plain(known) && plain(told) !== plain(known))
}

const placeOf = ({ country, region, postal_code }: Shipped): string =>
  [postal_code, region, country].filter(Boolean).join(' ')
