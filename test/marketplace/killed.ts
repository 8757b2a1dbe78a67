import { readConfig } from '../../src/config.ts'
import { Database } from '../../src/db/database.ts'
import { servedEngine } from '../../src/db/engine.ts'
import { Secret } from '../../src/lib/secret.ts'
import { makeMail } from '../../src/mail/mail.ts'
import { shareOrders } from '../../src/marketplace/sharing.ts'
import { makeStripeAccess } from '../../src/stripe/stripe.ts'
import { makeVault } from '../../src/vault/vault.ts'

// A process that pays vendors and does nothing else, for kills.test.ts to kill.
const config = readConfig(process.env)
const db = new Database(servedEngine(new Secret(process.env.TEST_DATABASE!), 2))
const vault = makeVault(config.masterKeys)
const stripe = makeStripeAccess(config.stripe, vault)
await shareOrders({ config, db, vault, stripe, mail: makeMail(config, db, vault) })
process.stdout.write('done')
process.exit(0)
