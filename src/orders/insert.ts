import { COUNT_STOCK, HOLD_STOCK, OutOfStock, type Shortage, type WantedStock } from '../catalog/stock.ts'
import { statement } from '../db/statement.ts'
import type { Deps } from '../deps.ts'
import { newConfirmationCode, newId, newStoreToken, readStoreToken } from '../lib/ids.ts'
import { StoreNotConnected } from '../stores/stores.ts'
import { HELD_MINUTES, SESSION_MINUTES } from './lifetime.ts'
import { countTry, holdBack, WAIT_TO_OPEN, whoAsks } from './pace.ts'
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

type InsertValues = {
  store_id: string
  order_id: string
  session_id: string
  token_digest: Buffer
  confirmation_code: string
  amount: number
  currency: string
  lines: string
  totals: string
  own_rates: boolean
  stripe_tax: string | null
  split: string | null
  wanted: string
  customer_email: string | null
  locale: string | null
  reference: string | null
  metadata: string
  shipping_countries: string[] | null
  success_url: string | null
  cancel_url: string | null
  /** How long it may hold what is counted. */
  minutes: number
  ui: Ui
  who: Buffer | null
}

type Inserted = { ready: boolean; wait: number | null; shortage: Shortage[] | null; expires_at: Date | null }

/** What opening a checkout counts beside: who opens, and what there is in stock. */
type Counts = { openers: boolean; stock: boolean }

// The order, its payable page and the stock it holds, in one round trip, and only while the store's mode has a working
// connection, unless there is nothing to pay: then nobody asks Stripe, and nothing can make it cost anything later.
// To set up a part costs Postgres more than to run it, so what need not be counted has none.
function insertSession({ openers, stock }: Counts): string {
  const pace = openers ? `${countTry('open', 'ready')}, pause as (select ${WAIT_TO_OPEN} as wait),` : ''
  const wait = openers ? '(select wait from pause)' : '0'
  const [count, hold] = stock ? [`${COUNT_STOCK},`, `${HOLD_STOCK},`] : ['', '']
  const holding = stock ? 'exists (select from counted)' : 'false'
  const short = stock ? 'exists (select from shortage)' : 'false'
  const shortage = stock ? '(select jsonb_agg(to_jsonb(shortage)) from shortage)' : 'null::jsonb'
  return `
    with ready as (
      select s.id as store_id, s.mode
      from stores s
      where s.id = :store_id::uuid
        and (:amount::bigint = 0
             or exists (select from connections c where c.store_id = s.id and c.mode = s.mode and c.state = 'active'))
    ),
    ${pace} ${count}
    made as (
      insert into orders (store_id, id, mode, confirmation_code, amount, currency, lines, totals, own_rates, stripe_tax, split,
                          holding, customer_email, locale, reference, metadata)
      select store_id, :order_id::uuid, mode, :confirmation_code::text, :amount::bigint, :currency::text,
             :lines::jsonb, :totals::jsonb, :own_rates::boolean, :stripe_tax::jsonb, :split::jsonb,
             ${holding}, :customer_email::text, :locale::text, :reference::text, :metadata::jsonb
      from ready
      where not ${short} and ${wait} = 0
      returning store_id, id
    ),
    ${hold}
    session as (
      insert into checkout_sessions (store_id, id, order_id, token_digest, ui, success_url, cancel_url,
                                     shipping_countries, expires_at)
      select store_id, :session_id::uuid, id, :token_digest::bytea, :ui::text, :success_url::text, :cancel_url::text,
             :shipping_countries::text[],
             now() + make_interval(mins => case when ${holding} then :minutes::int else ${SESSION_MINUTES} end)
      from made
      returning expires_at
    )
    select exists (select from ready) as ready, (select expires_at from session) as expires_at,
           ${wait} as wait, ${shortage} as shortage`
}

const nameOf = ({ openers, stock }: Counts) =>
  `insert_session${openers ? '_of_opener' : ''}${stock ? '_with_stock' : ''}`

const INSERTS = new Map(
  [true, false].flatMap(openers =>
    [true, false].map(stock => {
      const counts = { openers, stock }
      return [nameOf(counts), statement<InsertValues, Inserted>(nameOf(counts), insertSession(counts))]
    }),
  ),
)

/**
 * Makes the order and its payable page. Throws NothingToPay, AmountOutOfRange, StoreNotConnected, TooManyRequests,
 * OutOfStock.
 */
export async function insertOrder(deps: Deps, storeId: string, draft: Draft): Promise<OpenedSession> {
  const terms = { ...draft, discount: null, shipping: null }
  const { lines, totals, split, stripe_tax } = priceOrder(terms, mayBeFree(draft.shipping_countries))
  const token = newStoreToken(storeId)
  const values = {
    store_id: storeId,
    order_id: newId(),
    session_id: newId(),
    token_digest: readStoreToken(token)!.digest,
    confirmation_code: newConfirmationCode(),
    amount: totals.total,
    currency: draft.currency,
    lines: JSON.stringify(lines),
    totals: JSON.stringify(totals),
    own_rates: draft.own_rates,
    stripe_tax: stripe_tax && JSON.stringify(stripe_tax),
    split: split && JSON.stringify(split),
    wanted: JSON.stringify(draft.wanted),
    customer_email: draft.customer_email ?? null,
    locale: draft.locale ?? null,
    reference: draft.reference ?? null,
    metadata: JSON.stringify(draft.metadata ?? {}),
    shipping_countries: draft.shipping_countries,
    success_url: draft.success_url ?? null,
    cancel_url: draft.cancel_url ?? null,
    minutes: draft.ip === undefined ? SESSION_MINUTES : HELD_MINUTES,
    ui: draft.ui ?? 'hosted',
    who: draft.ip === undefined ? null : whoAsks(storeId, draft.ip),
  }
  const counts = { openers: values.who !== null, stock: draft.wanted.length > 0 }
  const [row] = await deps.db.run(INSERTS.get(nameOf(counts))!, values)
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
