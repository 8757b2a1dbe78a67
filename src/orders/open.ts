import type { BuyableLine } from '../catalog/cart-schemas.ts'
import { findCart, type PricedCart, priceLines, type StoreTerms } from '../catalog/carts.ts'
import { countriesOf } from '../catalog/rates.ts'
import type { WantedStock } from '../catalog/stock.ts'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { BadInput, type FieldError, NotFound } from '../lib/problem.ts'
import { allowedRedirect } from '../lib/redirect.ts'
import { toMinor } from '../lib/wire.ts'
import type { Store } from '../stores/table.ts'
import { type Draft, insertOrder, type OpenedSession } from './insert.ts'
import { priceAhead } from './price-ahead.ts'
import { taxLines } from './pricing.ts'
import type { NewPartnerSession, NewSession } from './session-schemas.ts'

export { AmountOutOfRange, NothingToPay } from './pricing.ts'

/**
 * A shop's page opens a checkout for its cart. Throws NotFound, BadInput for a redirect, and what `insertOrder`
 * throws. Where the store ships to is the store's to say: a page cannot leave the shipping out.
 */
export async function openCheckout(
  deps: Deps,
  origin: string | undefined,
  input: NewSession,
  ip?: string,
): Promise<OpenedSession> {
  const cart = await findCart(deps.db, input.cart_id)
  if (origin !== undefined && !mayUse(deps, cart, origin)) throw new NotFound('There is no such cart.')
  const redirects = readRedirects(deps, cart.origins, input)
  const shipped = cart.lines.some(({ shippable }) => shippable)
  return insertOrder(deps, cart.store_id, {
    ...input,
    ...redirects,
    ...linesOf(cart.lines, cart),
    ip,
    currency: cart.currency,
    shipping_countries: shipped ? countriesOf(cart) : null,
  })
}

/** Whether a page of this origin may use the cart: the store lists it, or it is a page of ours. */
export function mayUse({ config }: Deps, cart: { origins: string[] }, origin: string): boolean {
  return cart.origins.includes(origin) || origin === config.publicUrl
}

/**
 * A partner opens a checkout. Throws NotFound, BadInput, what `insertOrder` throws and, when it says where the order
 * goes or gives a code, what `priceAhead` throws.
 */
export async function openPartnerCheckout(
  deps: Deps,
  store: Store,
  input: NewPartnerSession,
): Promise<OpenedSession> {
  const redirects = readRedirects(deps, store.origins, input)
  const { lines, terms } = input.cart_id
    ? await cartLines(deps, store, input.cart_id)
    : await itemLines(deps, store, input.line_items ?? [])
  // Its tax is known when it is paid, and what a vendor gets of it before.
  if (input.ui === 'stripe' && terms.stripe_tax && lines.some(({ vendor_id }) => vendor_id !== null)) {
    const detail = 'is not possible for what vendors sell under Stripe Tax: use our own page'
    throw new BadInput({ errors: [{ pointer: '/ui', detail }] })
  }
  const countries = input.shipping_countries ?? (input.shipping ? [input.shipping.country] : null)
  const opened = await insertOrder(deps, store.id, {
    ...input,
    ...redirects,
    ...linesOf(lines, terms),
    currency: store.currency,
    shipping_countries: countries,
  })
  // Stripe's page asks for nothing that changes the price, so the one country there is has to be enough.
  const [country] = input.ui === 'stripe' ? (countries ?? []) : []
  const shipping = input.shipping ?? (country ? { country } : undefined)
  await priceAhead(deps, opened, { ...input, shipping })
  return opened
}

/** A line before its tax, of the catalogue or of the partner's own. */
type BareLine = Omit<BuyableLine, 'product_id'> & { product_id: string | null }

/** The lines of an order that goes nowhere yet, and what is counted of them. */
function linesOf(
  lines: BareLine[],
  terms: StoreTerms,
): Pick<Draft, 'lines' | 'wanted' | 'own_rates' | 'stripe_tax'> {
  const wanted: WantedStock[] = lines.flatMap(({ product_id, variant_id, quantity, available }) =>
    product_id !== null && available !== null ? [{ product_id, variant_id, quantity }] : [],
  )
  const nowhere = { country: null, region: null }
  const bare = lines.map(({ available: _, shippable: __, ...line }) => line)
  const stripe_tax = terms.stripe_tax && { ...terms.stripe_tax, billing: null, worked_out: null, asked: 0 }
  return { lines: taxLines(bare, terms.tax_rates, nowhere), wanted, own_rates: terms.own_rates, stripe_tax }
}

type PartnerLines = { lines: BareLine[]; terms: StoreTerms }

async function cartLines({ db }: Deps, store: Store, cartId: string): Promise<PartnerLines> {
  const cart: PricedCart = await findCart(db, cartId)
  if (cart.store_id !== store.id) throw new NotFound('There is no such cart.')
  return { lines: cart.lines, terms: cart }
}

async function itemLines(
  { db }: Deps,
  store: Store,
  items: NonNullable<NewPartnerSession['line_items']>,
): Promise<PartnerLines> {
  const products = items.filter(item => 'product_id' in item)
  const { lines: priced, ...terms } = await priceLines(db, store.id, products)
  const rates = await commissionRates(db, store, items)
  const lines = items.map((item, index): BareLine => {
    if ('product_id' in item) return priced[products.indexOf(item)]!
    const { name, quantity, tax_class = null, tax_code = null, vendor_id = null } = item
    const unit_amount = toMinor(item.price, store.currency)
    if (unit_amount === undefined) {
      const detail = `is not an amount of ${store.currency}`
      throw new BadInput({ errors: [{ pointer: `/line_items/${index}/price`, detail }] })
    }
    const commission_bps = vendor_id === null ? null : rates.get(vendor_id)!
    const amount = unit_amount * quantity
    return { ...PLAIN, name, quantity, tax_class, tax_code, vendor_id, commission_bps, unit_amount, amount }
  })
  return { lines, terms }
}

/** What the store keeps of the vendors that lines of the partner's own name. Throws BadInput for an unknown one. */
async function commissionRates(
  db: Database,
  store: Store,
  items: NonNullable<NewPartnerSession['line_items']>,
): Promise<Map<string, number>> {
  const named = items.flatMap((item, index) =>
    'vendor_id' in item && item.vendor_id !== undefined ? [{ id: item.vendor_id, index }] : [],
  )
  if (named.length === 0) return new Map()
  const rows = await db
    .selectFrom('vendors')
    .select(['id', 'commission_bps'])
    .where('store_id', '=', store.id)
    .where(
      'id',
      'in',
      named.map(({ id }) => id),
    )
    .execute()
  const rates = new Map(rows.map(row => [row.id, row.commission_bps ?? store.commission_bps]))
  const errors = named
    .filter(({ id }) => !rates.has(id))
    .map(({ index }) => ({
      pointer: `/line_items/${index}/vendor_id`,
      detail: 'is not a vendor of this store',
    }))
  if (errors.length > 0) throw new BadInput({ errors })
  return rates
}

const PLAIN = { product_id: null, variant_id: null, image_url: null, shippable: true, available: null }

function readRedirects(
  { config }: Deps,
  origins: string[],
  input: { success_url?: string | undefined; cancel_url?: string | undefined },
) {
  const errors: FieldError[] = []
  const read = (name: 'success_url' | 'cancel_url') => {
    const url = allowedRedirect(input[name], [...origins, config.publicUrl], config.production)
    if (input[name] !== undefined && !url) {
      errors.push({ pointer: `/${name}`, detail: "is not on an origin of the store's list" })
    }
    return url
  }
  const redirects = { success_url: read('success_url'), cancel_url: read('cancel_url') }
  if (errors.length > 0) throw new BadInput({ errors })
  return redirects
}
