import type { Resource } from '../engine/resource.ts'
import { account } from './account.ts'
import { accountLinks } from './account_links.ts'
import { accounts } from './accounts.ts'
import { applicationFees } from './application_fees.ts'
import { balance } from './balance.ts'
import { charges } from './charges.ts'
import { confirmationTokens } from './confirmation_tokens.ts'
import { customers } from './customers.ts'
import { disputes } from './disputes.ts'
import { events } from './events.ts'
import { loginLinks } from './login_links.ts'
import { paymentIntents } from './payment_intents.ts'
import { paymentMethods } from './payment_methods.ts'
import { refunds } from './refunds.ts'
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
  confirmationTokens,
  customers,
  disputes,
  events,
  loginLinks,
  paymentIntents,
  paymentMethods,
  refunds,
  transfers,
  webhookEndpoints,
]
