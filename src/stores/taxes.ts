import { type Actor, changedFields, record } from '../audit/audit.ts'
import type { Deps } from '../deps.ts'
import type { Mode } from '../lib/mode.ts'
import { problem } from '../lib/problem.ts'
import { dashboardPage } from '../stripe/dashboard.ts'
import { failureOf } from '../stripe/errors.ts'
import { activeConnection, markInvalid, notePermission } from './connections.ts'
import { updateStore } from './queries.ts'
import type { Connection, Store, Taxes } from './table.ts'

export const StripeTaxNotReady = problem('stripe-tax-not-ready', 409, 'Stripe Tax cannot be used yet')

/**
 * How Stripe Tax stands in the account that is connected in a mode; `missing` is what Stripe says it lacks. Without any
 * registration it is active and adds no tax.
 */
export type StripeTaxStanding = {
  standing: 'active' | 'pending' | 'not_connected' | 'invalid_key' | 'missing_permission' | 'unreachable'
  missing: string[]
  registered: boolean
}

// Somebody waits for a page.
const PATIENCE = { timeout: 4_000, maxNetworkRetries: 0 }

/** Asks Stripe whether Stripe Tax works out taxes in this mode. */
export async function stripeTaxStanding(deps: Deps, storeId: string, mode: Mode): Promise<StripeTaxStanding> {
  const connection = await activeConnection(deps.db, storeId, mode)
  const unknown = { missing: [], registered: true }
  if (!connection) return { standing: 'not_connected', ...unknown }
  try {
    const standing = await askStanding(deps, connection)
    await noteTaxPermission(deps, connection, true)
    return standing
  } catch (error) {
    const failure = failureOf(error)
    if (!failure) throw error
    if (failure === 'invalid_key') await markInvalid(deps.db, connection)
    if (failure === 'missing_permission') await noteTaxPermission(deps, connection, false)
    if (failure === 'invalid_key' || failure === 'missing_permission') {
      return { standing: failure, ...unknown }
    }
    return { standing: 'unreachable', ...unknown }
  }
}

async function askStanding({ stripe }: Deps, connection: Connection): Promise<StripeTaxStanding> {
  const { tax } = stripe.clientFor(connection)
  const [settings, registered] = await Promise.all([
    tax.settings.retrieve({}, PATIENCE),
    tax.registrations
      .list({ status: 'active', limit: 1 }, PATIENCE)
      .then(({ data }) => data.length > 0, unknownIfRefused),
    // A calculation of nothing: refused for what it lacks, which costs no fee, unless the key may not calculate.
    tax.calculations.create({ currency: 'eur', line_items: [] }, PATIENCE).catch(passIfRefused),
  ])
  if (settings.status === 'active') return { standing: 'active', missing: [], registered }
  const missing = settings.status_details.pending?.missing_fields ?? []
  return { standing: 'pending', missing, registered }
}

function passIfRefused(error: unknown): void {
  if (failureOf(error) !== 'refused') throw error
}

// To read the registrations is a permission of its own that nothing else needs.
function unknownIfRefused(error: unknown): true {
  if (failureOf(error) !== 'missing_permission') throw error
  return true
}

async function noteTaxPermission({ db }: Deps, connection: Connection, granted: boolean): Promise<void> {
  if (connection.permissions.tax !== granted) await notePermission(db, connection, 'tax', granted)
}

/** The permissions that Stripe Tax takes, in the words of Stripe's dashboard. */
const TAX_PERMISSIONS = '“Tax Calculations and Transactions” (write) and “Tax Settings” (read)'

/** What it means that Stripe Tax is not active, and what to do about it. */
export function standingWords({ standing, missing, registered }: StripeTaxStanding, mode: Mode): string {
  switch (standing) {
    case 'active':
      return registered
        ? 'Stripe Tax is active.'
        : 'Stripe Tax is active and adds no tax: there is no place where you are registered to collect it. Add your registrations in your Stripe dashboard.'
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
export const taxDashboard = (mode: Mode): string => dashboardPage('settings/tax', mode)

/** Throws StripeTaxNotReady, in words, unless Stripe Tax works in this mode. */
async function needStripeTax(deps: Deps, storeId: string, mode: Mode): Promise<void> {
  const standing = await stripeTaxStanding(deps, storeId, mode)
  if (standing.standing !== 'active') throw new StripeTaxNotReady(standingWords(standing, mode))
}

type TaxChoice = { taxes: Taxes; tax_inclusive: boolean }

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
