import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Mode } from '../lib/mode.ts'
import type { Split } from '../pricing/split.ts'
import { failureOf } from '../stripe/errors.ts'

/** How one vendor gets its share: out of the payment itself, by a transfer afterwards, or by hand. */
export type Way = 'destination' | 'transfer' | 'manual_payout'

/** How an attempt pays the vendors of its order. Minor units. */
export type Route = {
  /** The Stripe account it was decided for. */
  platform_id: string
  transfer_group: string
  /** What the store keeps. */
  platform: number
  /** The one vendor that Stripe pays with the payment, less the fee: what the store keeps. */
  destination: { account_id: string; fee: number } | null
  vendors: { vendor_id: string; way: Way; account_id: string | null; amount: number }[]
}

type RoutedAttempt = {
  store_id: string
  id: string
  order_id: string
  mode: Mode
  account_id: string
  split: Split | null
  route: Route | null
}

/**
 * Asks Stripe for the payment of an attempt, on its route. If Stripe would not take the vendor's account, whatever we
 * knew of it, the shopper pays all the same: it is asked once more, for a payment whose vendors are paid by hand.
 */
export async function askRouted<A extends RoutedAttempt, Answer>(
  db: Database,
  attempt: A,
  ask: (routed: A) => Promise<Answer>,
): Promise<Answer> {
  const routed = { ...attempt, route: await routePayment(db, attempt) }
  try {
    return await ask(routed)
  } catch (error) {
    const failure = routed.route?.destination && failureOf(error)
    if (failure !== 'refused' && failure !== 'missing_permission') throw error
    const byHand = { ...routed, route: await routeByHand(db, routed) }
    try {
      return await ask(byHand)
    } catch (again) {
      // It was not about the vendor.
      await keepRoute(db, byHand, routed.route!, true)
      throw again
    }
  }
}

/**
 * How an attempt pays the vendors, decided once for all who press pay: one connected vendor by a destination charge,
 * several by transfers after the payment, one that Stripe cannot pay by hand. Null, and no question to the database,
 * when the order has no vendors.
 */
async function routePayment(db: Database, attempt: RoutedAttempt): Promise<Route | null> {
  const { split, route, account_id } = attempt
  if (!split) return null
  if (route?.platform_id === account_id) return route
  return keepRoute(db, attempt, routeOf(attempt, split, await connectedVendors(db, attempt, split)))
}

const routeByHand = (db: Database, attempt: RoutedAttempt): Promise<Route> =>
  keepRoute(db, attempt, routeOf(attempt, attempt.split!, new Map()), true)

function routeOf(attempt: RoutedAttempt, split: Split, connected: Map<string, string>): Route {
  const paid = split.vendors.filter(({ amount }) => amount > 0)
  const alone = paid.length === 1
  const vendors = split.vendors.map(({ vendor_id, amount }) => {
    const account_id = connected.get(vendor_id) ?? null
    const way: Way = !account_id ? 'manual_payout' : alone && amount > 0 ? 'destination' : 'transfer'
    return { vendor_id, way, account_id, amount }
  })
  const one = vendors.find(({ way }) => way === 'destination')
  return {
    platform_id: attempt.account_id,
    transfer_group: `order_${attempt.order_id}`,
    platform: split.platform,
    destination: one ? { account_id: one.account_id!, fee: split.platform } : null,
    vendors,
  }
}

/** The accounts of vendors that Stripe can pay, under the platform that takes this payment. */
async function connectedVendors(
  db: Database,
  attempt: RoutedAttempt,
  split: Split,
): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('vendor_accounts')
    .select(['vendor_id', 'account_id'])
    .where('store_id', '=', attempt.store_id)
    .where('mode', '=', attempt.mode)
    .where('platform_id', '=', attempt.account_id)
    .where('account_id', 'is not', null)
    .where('charges_enabled', '=', true)
    .where('payouts_enabled', '=', true)
    .where(
      'vendor_id',
      'in',
      split.vendors.map(({ vendor_id }) => vendor_id),
    )
    .execute()
  return new Map(rows.map(({ vendor_id, account_id }) => [vendor_id, account_id!]))
}

// Of two clicks at once the first one decides; what was made at Stripe keeps the route it was made with.
async function keepRoute(
  db: Database,
  attempt: RoutedAttempt,
  route: Route,
  instead = false,
): Promise<Route> {
  const { rows } = await sql<{ route: Route }>`
    update payments
    set route = case when coalesce(payment_intent, stripe_session) is not null then route
                     when route ->> 'platform_id' = ${route.platform_id}
                       and not (${instead}::boolean and route = ${JSON.stringify(attempt.route)}::jsonb) then route
                     else ${JSON.stringify(route)}::jsonb end
    where store_id = ${attempt.store_id}::uuid and id = ${attempt.id}::uuid
    returning route`.execute(db)
  return rows[0]!.route
}

/** What a payment of this route asks of Stripe, as a PaymentIntent and as Checkout's `payment_intent_data`. */
export function routeParams(route: Route | null) {
  if (!route) return { metadata: {} }
  const { destination, transfer_group, vendors, platform } = route
  const byHand = vendors.filter(({ way, amount }) => way === 'manual_payout' && amount > 0)
  const sum = (parts: { amount: number }[]) => parts.reduce((all, { amount }) => all + amount, 0)
  return {
    transfer_group,
    ...(destination && {
      transfer_data: { destination: destination.account_id },
      ...(destination.fee > 0 && { application_fee_amount: destination.fee }),
    }),
    metadata: {
      vendor_ids: vendors
        .map(({ vendor_id }) => vendor_id)
        .join(',')
        .slice(0, 500),
      vendor_amount: String(sum(vendors)),
      platform_amount: String(platform),
      ...(byHand.length > 0 && { payout: 'manual_payout', manual_payout_amount: String(sum(byHand)) }),
    },
  }
}
