import type Stripe from 'stripe'
import { metadata } from '../engine/metadata.ts'
import {
  anything,
  clearable,
  expand,
  form,
  int,
  listOf,
  must,
  one,
  type Table,
  text,
} from '../engine/params.ts'

const behavior = one('exclusive', 'inclusive')
const place = form<Stripe.Tax.CalculationCreateParams.CustomerDetails.Address>({
  city: clearable(text()),
  country: must(text(5000)),
  line1: clearable(text()),
  line2: clearable(text()),
  postal_code: clearable(text()),
  state: clearable(text()),
})

/** What a calculation is made from. */
export const creating: Table<Stripe.Tax.CalculationCreateParams> = {
  currency: must(text(3)),
  customer: text(),
  customer_details: form<Stripe.Tax.CalculationCreateParams.CustomerDetails>({
    address: place,
    address_source: one('billing', 'shipping'),
    ip_address: text(),
    tax_ids: anything,
    taxability_override: one('customer_exempt', 'none', 'reverse_charge'),
  }),
  expand,
  line_items: must(
    listOf(
      form<Stripe.Tax.CalculationCreateParams.LineItem>({
        amount: must(int(0)),
        metadata,
        performance_location: text(),
        product: text(),
        quantity: int(1),
        reference: text(500),
        tax_behavior: behavior,
        tax_code: text(),
      }),
      100,
    ),
  ),
  ship_from_details: form<Stripe.Tax.CalculationCreateParams.ShipFromDetails>({ address: must(place) }),
  shipping_cost: form<Stripe.Tax.CalculationCreateParams.ShippingCost>({
    amount: int(0),
    shipping_rate: text(),
    tax_behavior: behavior,
    tax_code: text(),
  }),
  tax_date: int(0),
}
