import { COUNT_STOCK, HOLD_STOCK, type Shortage, type WantedStock } from '../catalog/stock.ts'
import type { Database } from '../db/database.ts'
import { batchStatement, type Columns } from '../db/statement.ts'
import type { Totals } from '../pricing/price.ts'
import type { Split } from '../pricing/split.ts'
import { SESSION_MINUTES } from './lifetime.ts'
import { countTry, waitToOpen } from './pace.ts'
import type { FrozenStripeTax, OrderLine, Ui } from './table.ts'

/** An order that is about to be made, and its session. */
export type NewOrder = {
  store_id: string
  order_id: string
  session_id: string
  /** In hexadecimal. */
  token_digest: string
  confirmation_code: string
  amount: number
  currency: string
  lines: OrderLine[]
  totals: Totals
  own_rates: boolean
  stripe_tax: FrozenStripeTax | null
  split: Split | null
  wanted: WantedStock[]
  customer_email: string | null
  locale: string | null
  reference: string | null
  metadata: Record<string, string>
  shipping_countries: string[] | null
  success_url: string | null
  cancel_url: string | null
  /** How long it may hold what is counted. */
  minutes: number
  ui: Ui
  /** In hexadecimal. */
  who: string | null
}

/** What came of it: no `expires_at` when nothing was made. */
type Inserted = {
  ready: boolean
  wait: number | null
  shortage: Shortage[] | null
  expires_at: Date | null
}

const COLUMNS: Columns<NewOrder> = {
  store_id: 'uuid',
  order_id: 'uuid',
  session_id: 'uuid',
  token_digest: 'text',
  confirmation_code: 'text',
  amount: 'bigint',
  currency: 'text',
  lines: 'jsonb',
  totals: 'jsonb',
  own_rates: 'boolean',
  stripe_tax: 'jsonb',
  split: 'jsonb',
  wanted: 'jsonb',
  customer_email: 'text',
  locale: 'text',
  reference: 'text',
  metadata: 'jsonb',
  shipping_countries: 'text[]',
  success_url: 'text',
  cancel_url: 'text',
  minutes: 'int',
  ui: 'text',
  who: 'text',
}

/** What opening a checkout counts beside: who opens, and what there is in stock. */
type Counts = { openers: boolean; stock: boolean }

const OPENERS = `
  ${countTry('open', "select g.store_id, decode(g.who, 'hex') from ready join given g on g.nr = ready.nr")},
  pause as (
    select g.nr, ${waitToOpen('pace.level')} as wait
    from given g join pace on pace.store_id = g.store_id and pace.who = decode(g.who, 'hex')
  ),`

// Orders, their payable pages and the stock they hold, in one round trip, and only while the store's mode has a working
// connection, unless there is nothing to pay: then nobody asks Stripe, and nothing can make it cost anything later.
// To set up a part costs Postgres more than to run it, so what need not be counted has none.
function insertSessions({ openers, stock }: Counts): string {
  const [count, hold] = stock ? [`${COUNT_STOCK},`, `${HOLD_STOCK},`] : ['', '']
  const holding = stock ? 'exists (select from counted)' : 'false'
  const short = stock ? 'exists (select from shortage)' : 'false'
  const shortage = stock ? '(select jsonb_agg(to_jsonb(shortage)) from shortage)' : 'null::jsonb'
  const wait = openers ? '(select wait from pause where pause.nr = g.nr)' : '0'
  return `
    ready as (
      select g.nr, s.mode
      from given g join stores s on s.id = g.store_id
      where g.amount = 0
        or exists (select from connections c where c.store_id = s.id and c.mode = s.mode and c.state = 'active')
    ),
    ${openers ? OPENERS : ''} ${count}
    made as (
      insert into orders (store_id, id, mode, confirmation_code, amount, currency, lines, totals, own_rates, stripe_tax, split,
                          holding, customer_email, locale, reference, metadata)
      select g.store_id, g.order_id, ready.mode, g.confirmation_code, g.amount, g.currency, g.lines, g.totals,
             g.own_rates, g.stripe_tax, g.split, ${holding}, g.customer_email, g.locale, g.reference, g.metadata
      from ready join given g on g.nr = ready.nr
      where not ${short} and ${wait} = 0
      returning store_id, id
    ),
    ${hold}
    session as (
      insert into checkout_sessions (store_id, id, order_id, token_digest, ui, success_url, cancel_url,
                                     shipping_countries, expires_at)
      select g.store_id, g.session_id, g.order_id, decode(g.token_digest, 'hex'), g.ui, g.success_url, g.cancel_url,
             g.shipping_countries,
             now() + make_interval(mins => case when ${holding} then g.minutes else ${SESSION_MINUTES} end)
      from made join given g on g.store_id = made.store_id and g.order_id = made.id
      returning id, expires_at
    )
    select g.nr, exists (select from ready where ready.nr = g.nr) as ready, ${wait} as wait, ${shortage} as shortage,
           session.expires_at
    from given g left join session on session.id = g.session_id`
}

const nameOf = ({ openers, stock }: Counts) =>
  `insert_session${openers ? '_of_opener' : ''}${stock ? '_with_stock' : ''}`

const INSERTS = new Map(
  [true, false].flatMap(openers =>
    [true, false].map(stock => {
      const counts = { openers, stock }
      const name = nameOf(counts)
      return [name, batchStatement<NewOrder, Inserted>(name, COLUMNS, insertSessions(counts))]
    }),
  ),
)

// Sessions share a statement when they come together; what holds stock goes alone, since others may want the same.
export async function insertSession(db: Database, values: NewOrder): Promise<Inserted | undefined> {
  const counts = { openers: values.who !== null, stock: values.wanted.length > 0 }
  const statement = INSERTS.get(nameOf(counts))!
  if (counts.stock) return (await db.runEach(statement, [values]))[0]
  return db.gather(statement, values, [`${values.store_id} ${values.who ?? values.order_id}`])
}
