import { findCart, priceLines } from '../catalog/carts.ts'
import type { BuyableLine } from '../catalog/schemas.ts'
import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { newConfirmationCode, newId, newStoreToken, readStoreToken } from '../lib/ids.ts'
import { formatMoney, MAXIMUM_CHARGE, minimumCharge } from '../lib/money.ts'
import { BadInput, type FieldError, NotFound, problem } from '../lib/problem.ts'
import { allowedRedirect } from '../lib/redirect.ts'
import { toMinor } from '../lib/wire.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import type { NewPartnerSession, NewSession } from './schemas.ts'
import type { OrderLine } from './table.ts'

export const NothingToPay = problem('nothing-to-pay', 422, 'There is nothing in the cart that can be bought')
export const AmountOutOfRange = problem('amount-out-of-range', 422, 'The total cannot be charged')

/** How long a checkout can be paid, in minutes. */
const SESSION_MINUTES = 60

export type OpenedSession = {
  id: string
  order_id: string
  confirmation_code: string
  url: string
  expires_at: Date
}

type Draft = {
  lines: OrderLine[]
  currency: string
  success_url?: string | undefined
  cancel_url?: string | undefined
  customer_email?: string | undefined
  locale?: string | undefined
  reference?: string | undefined
  metadata?: Record<string, string> | undefined
}

/** A shop's page opens a checkout for its cart. Throws NotFound, NothingToPay and what `open` throws. */
export async function openCheckout(
  deps: Deps,
  origin: string | undefined,
  input: NewSession,
): Promise<OpenedSession> {
  const cart = await findCart(deps.db, input.cart_id)
  if (origin !== undefined && !mayUse(deps, cart, origin)) throw new NotFound('There is no such cart.')
  const redirects = readRedirects(deps, cart.origins, input)
  return open(deps, cart.store_id, { ...input, ...redirects, lines: cart.lines, currency: cart.currency })
}

/** Whether a page of this origin may use the cart: the store lists it, or it is a page of ours. */
export function mayUse({ config }: Deps, cart: { origins: string[] }, origin: string): boolean {
  return cart.origins.includes(origin) || origin === config.publicUrl
}

/** A partner opens a checkout. Throws NotFound, NothingToPay, BadInput and what `open` throws. */
export async function openPartnerCheckout(
  deps: Deps,
  store: Store,
  input: NewPartnerSession,
): Promise<OpenedSession> {
  const redirects = readRedirects(deps, store.origins, input)
  const lines = input.cart_id
    ? await cartLines(deps, store, input.cart_id)
    : await itemLines(deps, store, input.line_items ?? [])
  return open(deps, store.id, { ...input, ...redirects, lines, currency: store.currency })
}

async function cartLines({ db }: Deps, store: Store, cartId: string): Promise<BuyableLine[]> {
  const cart = await findCart(db, cartId)
  if (cart.store_id !== store.id) throw new NotFound('There is no such cart.')
  return cart.lines
}

async function itemLines(
  { db }: Deps,
  store: Store,
  items: NonNullable<NewPartnerSession['line_items']>,
): Promise<OrderLine[]> {
  const products = items.filter(item => 'product_id' in item)
  const priced = products.length > 0 ? await priceLines(db, store.id, products) : []
  return items.map((item, index) => {
    if ('product_id' in item) return priced[products.indexOf(item)]!
    const unit_amount = toMinor(item.price, store.currency)
    if (unit_amount === undefined) {
      const detail = `is not an amount of ${store.currency}`
      throw new BadInput({ errors: [{ pointer: `/line_items/${index}/price`, detail }] })
    }
    const { name, quantity } = item
    return { product_id: null, name, quantity, unit_amount, amount: unit_amount * quantity, image_url: null }
  })
}

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

type InsertValues = {
  store_id: string
  order_id: string
  session_id: string
  token_digest: Buffer
  confirmation_code: string
  amount: number
  currency: string
  lines: string
  customer_email: string | null
  locale: string | null
  reference: string | null
  metadata: string
  success_url: string | null
  cancel_url: string | null
  minutes: number
}

// The order and its payable page, in one round trip, and only while the store's mode has a working connection.
const insertSession = statement<InsertValues, { expires_at: Date }>(
  'insert_session',
  `with ready as (
     select s.id as store_id, s.mode
     from stores s
     join connections c on c.store_id = s.id and c.mode = s.mode and c.state = 'active'
     where s.id = :store_id::uuid
   ),
   made as (
     insert into orders (store_id, id, mode, confirmation_code, amount, currency, lines, customer_email, locale,
                         reference, metadata)
     select store_id, :order_id::uuid, mode, :confirmation_code::text, :amount::bigint, :currency::text,
            :lines::jsonb, :customer_email::text, :locale::text, :reference::text, :metadata::jsonb
     from ready
     returning store_id, id
   )
   insert into checkout_sessions (store_id, id, order_id, token_digest, ui, success_url, cancel_url, expires_at)
   select store_id, :session_id::uuid, id, :token_digest::bytea, 'hosted', :success_url::text, :cancel_url::text,
          now() + make_interval(mins => :minutes::int)
   from made
   returning expires_at`,
)

/** Throws AmountOutOfRange, NothingToPay, StoreNotConnected. */
async function open(deps: Deps, storeId: string, draft: Draft): Promise<OpenedSession> {
  const amount = chargeable(draft)
  const token = newStoreToken(storeId)
  const values = {
    store_id: storeId,
    order_id: newId(),
    session_id: newId(),
    token_digest: readStoreToken(token)!.digest,
    confirmation_code: newConfirmationCode(),
    amount,
    currency: draft.currency,
    lines: JSON.stringify(draft.lines),
    customer_email: draft.customer_email ?? null,
    locale: draft.locale ?? null,
    reference: draft.reference ?? null,
    metadata: JSON.stringify(draft.metadata ?? {}),
    success_url: draft.success_url ?? null,
    cancel_url: draft.cancel_url ?? null,
    minutes: SESSION_MINUTES,
  }
  const [row] = await deps.db.run(insertSession, values)
  if (!row) throw new StoreNotConnected('The merchant has not connected a Stripe account yet.')
  return {
    id: values.session_id,
    order_id: values.order_id,
    confirmation_code: values.confirmation_code,
    url: new URL(`/checkout/${token}`, deps.config.publicUrl).href,
    expires_at: row.expires_at,
  }
}

// What Stripe would refuse later is refused here, in words.
function chargeable({ lines, currency }: Draft): number {
  if (lines.length === 0) throw new NothingToPay()
  const amount = lines.reduce((sum, line) => sum + line.amount, 0)
  const limit = (value: number) => formatMoney({ amount: value, currency }, 'en')
  if (amount < minimumCharge(currency)) {
    throw new AmountOutOfRange(`The least that can be charged is ${limit(minimumCharge(currency))}.`)
  }
  if (amount > MAXIMUM_CHARGE) {
    throw new AmountOutOfRange(`The most that can be charged is ${limit(MAXIMUM_CHARGE)}.`)
  }
  return amount
}
