import { OutOfStock, type Shortage, type WantedStock } from '../catalog/stock.ts'
import type { Deps } from '../deps.ts'
import { newConfirmationCode, newId, newStoreToken, readStoreToken } from '../lib/ids.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { insertSession, type NewOrder } from './insert-queries.ts'
import { HELD_MINUTES, SESSION_MINUTES } from './lifetime.ts'
import { holdBack, whoAsks } from './pace.ts'
import { mayBeFree, type OrderTerms, priceOrder } from './pricing.ts'
import type { Ui } from './table.ts'

export type OpenedSession = {
  id: string
  order_id: string
  confirmation_code: string
  url: string
  expires_at: Date
}

export type Draft = Pick<OrderTerms, 'currency' | 'lines' | 'stripe_tax'> & {
  own_rates: boolean
  /** What is counted of it. */
  wanted: WantedStock[]
  ui?: Ui | undefined
  /** Who opens it, when that is anybody: a shop's page, and not a partner. */
  ip?: string | undefined
  /** Where it may be sent; null when nothing is. */
  shipping_countries: string[] | null
  success_url?: string | undefined
  cancel_url?: string | undefined
  customer_email?: string | undefined
  locale?: string | undefined
  reference?: string | undefined
  metadata?: Record<string, string> | undefined
}

/**
 * Makes the order and its payable page. Throws NothingToPay, AmountOutOfRange, StoreNotConnected, TooManyRequests,
 * OutOfStock.
 */
export async function insertOrder(deps: Deps, storeId: string, draft: Draft): Promise<OpenedSession> {
  const terms = { ...draft, discount: null, shipping: null }
  const { lines, totals, split, stripe_tax } = priceOrder(terms, mayBeFree(draft.shipping_countries))
  const token = newStoreToken(storeId)
  const values: NewOrder = {
    store_id: storeId,
    order_id: newId(),
    session_id: newId(),
    token_digest: readStoreToken(token)!.digest.toString('hex'),
    confirmation_code: newConfirmationCode(),
    amount: totals.total,
    currency: draft.currency,
    lines,
    totals,
    own_rates: draft.own_rates,
    stripe_tax,
    split,
    wanted: draft.wanted,
    customer_email: draft.customer_email ?? null,
    locale: draft.locale ?? null,
    reference: draft.reference ?? null,
    metadata: draft.metadata ?? {},
    shipping_countries: draft.shipping_countries,
    success_url: draft.success_url ?? null,
    cancel_url: draft.cancel_url ?? null,
    minutes: draft.ip === undefined ? SESSION_MINUTES : HELD_MINUTES,
    ui: draft.ui ?? 'hosted',
    who: draft.ip === undefined ? null : (whoAsks(storeId, draft.ip)?.toString('hex') ?? null),
  }
  const row = await insertSession(deps.db, values)
  if (!row?.ready) throw new StoreNotConnected('The merchant has not connected a Stripe account yet.')
  holdBack('open', row.wait ?? 0)
  if (!row.expires_at) throw outOfStock(draft, row.shortage ?? [])
  return {
    id: values.session_id,
    order_id: values.order_id,
    confirmation_code: values.confirmation_code,
    url: new URL(`/checkout/${token}`, deps.config.publicUrl).href,
    expires_at: row.expires_at,
  }
}

function outOfStock({ lines }: Draft, shortage: Shortage[]): InstanceType<typeof OutOfStock> {
  const left = new Map(shortage.map(short => [keyOf(short), short.available]))
  const errors = lines.flatMap((line, index) => {
    const available = left.get(keyOf(line))
    if (available === undefined) return []
    const detail = available === 0 ? 'is sold out' : `can be at most ${available}`
    return [{ pointer: `/lines/${index}/quantity`, detail }]
  })
  return new OutOfStock({ errors })
}

const keyOf = ({ product_id, variant_id }: { product_id: string | null; variant_id: string | null }) =>
  `${product_id} ${variant_id ?? ''}`
