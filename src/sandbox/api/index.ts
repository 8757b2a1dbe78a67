import type { Resource } from '../engine/resource.ts'
import { account } from './account.ts'
import { accountLinks } from './account_links.ts'
import { accounts } from './accounts.ts'
import { applicationFees } from './application_fees.ts'
import { balance } from './balance.ts'
import { coupons, promotionCodes } from './catalog_coupons.ts'
import { emptyLists } from './catalog_lists.ts'
import { prices } from './catalog_prices.ts'
import { products } from './catalog_products.ts'
import { taxRates } from './catalog_tax_rates.ts'
import { charges } from './charges.ts'
import { checkoutSessions } from './checkout_sessions.ts'
import { confirmationTokens } from './confirmation_tokens.ts'
import { customers } from './customers.ts'
import { disputes } from './disputes.ts'
import { events } from './events.ts'
import { loginLinks } from './login_links.ts'
import { paymentIntents } from './payment_intents.ts'
import { paymentMethods } from './payment_methods.ts'
import { paymentPages } from './payment_pages.ts'
import { refunds } from './refunds.ts'
import { taxCalculations } from './tax_calculations.ts'
import { taxRegistrations } from './tax_registrations.ts'
import { taxSettingsResource } from './tax_settings.ts'
import { taxTransactions } from './tax_transactions.ts'
import { transfers } from './transfers.ts'
import { webhookEndpoints } from './webhook_endpoints.ts'

/** Everything the sandbox can do, one line per resource. */
export const resources: Resource[] = [
  account,
  accountLinks,
  accounts,
  applicationFees,
  balance,
  charges,
  checkoutSessions,
  confirmationTokens,
  coupons,
  customers,
  disputes,
  ...emptyLists,
  events,
  loginLinks,
  paymentIntents,
  paymentMethods,
  paymentPages,
  prices,
  products,
  promotionCodes,
  refunds,
  taxCalculations,
  taxRates,
  taxRegistrations,
  taxSettingsResource,
  taxTransactions,
  transfers,
  webhookEndpoints,
]
