// Fetches a store's charges as `owntill sync` does, and prints how long it took and what it held. Run as a process.
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/db/database.ts'
import { makeMail } from '../../src/mail/mail.ts'
import { runSync, startSync } from '../../src/mirror/sync.ts'
import { makeStripeAccess } from '../../src/stripe/stripe.ts'
import { makeVault } from '../../src/vault/vault.ts'

const config = readConfig(process.env)
const db = await openDatabase(config)
const vault = makeVault(config.masterKeys)
const deps = {
  config,
  db,
  vault,
  stripe: makeStripeAccess(config.stripe, vault),
  mail: makeMail(config, db, vault),
}
const place = { store_id: process.env.STORE!, mode: 'test' } as const
const total = Number(process.env.TOTAL)
let early = 0
let done = 0

await startSync(deps, { id: place.store_id }, 'test', { types: ['charge'] }, { kind: 'service' })
const began = performance.now()
const whole = await runSync(deps, place, {
  idle: 0,
  onProgress(cursor) {
    done = cursor.done
    if (done <= total / 10) early = process.memoryUsage.rss()
  },
})
const seconds = (performance.now() - began) / 1_000
console.log(JSON.stringify({ whole, done, seconds, early, late: process.memoryUsage.rss() }))
await deps.mail.close()
deps.stripe.close()
await db.close()
