import { type Actor, changedFields, record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { problem } from '../lib/problem.ts'
import { failureOf } from '../stripe/errors.ts'
import { activeConnection, markInvalid } from './connections.ts'
import { updateStore } from './queries.ts'
import type { Store, Taxes } from './table.ts'

export const StripeTaxNotReady = problem('stripe-tax-not-ready', 409, 'Stripe Tax cannot be used yet')

/** How Stripe Tax stands in the account that is connected in a mode; `missing` is what Stripe says it lacks. */
type StripeTaxStanding = {
  standing: 'active' | 'pending' | 'not_connected' | 'invalid_key' | 'missing_permission' | 'unreachable'
  missing: string[]
}

// Somebody waits for a page.
const PATIENCE = { timeout: 4_000, maxNetworkRetries: 0 }

/** Asks Stripe whether Stripe Tax works out taxes in this mode. */
export async function stripeTaxStanding(deps: Deps, storeId: string, mode: Mode): Promise<StripeTaxStanding> {
  const connection = await activeConnection(deps.db, storeId, mode)
  if (!connection) return { standing: 'not_connected', missing: [] }
  try {
    const settings = await deps.stripe.clientFor(connection).tax.settings.retrieve({}, PATIENCE)
    if (settings.status === 'active') return { standing: 'active', missing: [] }
    return { standing: 'pending', missing: settings.status_details.pending?.missing_fields ?? [] }
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    if (failure === 'invalid_key' || failure === 'missing_permission') {
      return { standing: failure, missing: [] }
    }
    return { standing: 'unreachable', missing: [] }
  }
}

/** The permissions that Stripe Tax takes, in the words of Stripe's dashboard. */
const TAX_PERMISSIONS = '“Tax Calculations and Transactions” (write) and “Tax Settings” (read)'

/** What it means that Stripe Tax is not active, and what to do about it. */
export function standingWords({ standing, missing }: StripeTaxStanding, mode: Mode): string {
  switch (standing) {
    case 'active':
      return 'Stripe Tax is active.'
    case 'pending':
      return `Finish setting up Stripe Tax in your Stripe dashboard; it lacks: ${missing.map(words).join(', ') || 'something'}.`
    case 'not_connected':
      return `Connect Stripe in ${mode} mode first.`
    case 'invalid_key':
      return 'Stripe does not accept the key of this store any more: connect again.'
    case 'missing_permission':
      return `The restricted key lacks a permission. Give it ${TAX_PERMISSIONS} in your Stripe dashboard.`
    case 'unreachable':
      return 'Stripe did not answer. Please try again in a moment.'
  }
}

const words = (field: string): string => field.replaceAll('.', ', ').replaceAll('_', ' ')

/** Where Stripe Tax is set up. */
export const taxDashboard = (mode: Mode): string =>
  `https://dashboard.stripe.com/${mode === 'test' ? 'test/' : ''}settings/tax`

/** Throws StripeTaxNotReady, in words, unless Stripe Tax works in this mode. */
async function needStripeTax(deps: Deps, storeId: string, mode: Mode): Promise<void> {
  const standing = await stripeTaxStanding(deps, storeId, mode)
  if (standing.standing !== 'active') throw new StripeTaxNotReady(standingWords(standing, mode))
}

export type TaxChoice = { taxes: Taxes; tax_inclusive: boolean }

/**
 * Says who works out a store's taxes; orders that are open go on as they were opened. Throws StripeTaxNotReady when
 * that is to be Stripe Tax, and the account that takes payments has none.
 */
export async function chooseTaxes(deps: Deps, store: Store, choice: TaxChoice, actor: Actor): Promise<Store> {
  const fields = changedFields(store, choice)
  if (fields.length === 0) return store
  if (choice.taxes === 'stripe') await needStripeTax(deps, store.id, store.mode)
  return deps.db.transaction().execute(async trx => {
    await record(trx, store.id, actor, 'store.changed', { fields })
    return updateStore(trx, store.id, choice)
  })
}

/** For a store with Stripe Tax: payments only move to a mode whose account has it. Throws StripeTaxNotReady. */
export async function keepTaxed(deps: Deps, store: Store, mode: Mode | undefined): Promise<void> {
  if (!mode || mode === store.mode || store.taxes !== 'stripe') return
  await needStripeTax(deps, store.id, mode)
}
