import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import type { Mail } from './mail/mail.ts'
import type { StripeAccess } from './stripe/stripe.ts'
import type { Vault } from './vault/vault.ts'

/** What a verb may need beside the rows: handed down by app.ts, never imported as state. */
export type Deps = { config: Config; db: Database; vault: Vault; stripe: StripeAccess; mail: Mail }
