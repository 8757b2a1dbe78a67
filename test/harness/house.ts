import { randomBytes } from 'node:crypto'
import { mkdtempSync, openAsBlob, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { inject } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { type Config, readConfig } from '../../src/config.ts'
import { Database } from '../../src/db/database.ts'
import { embeddedEngine, servedEngine } from '../../src/db/engine.ts'
import type { Deps } from '../../src/deps.ts'
import { newSecret } from '../../src/lib/ids.ts'
import { Secret } from '../../src/lib/secret.ts'
import { makeMail } from '../../src/mail/mail.ts'
import { addPartner } from '../../src/partners/partners.ts'
import { makeStripeAccess } from '../../src/stripe/stripe.ts'
import { makeVault } from '../../src/vault/vault.ts'
import { freePort } from './port.ts'

export type House = {
  deps: Deps
  app: FastifyInstance
  url: string
  /** The X-Internal-Secret of a partner with every right. */
  secret: string
  partnerId: string
  close(): Promise<void>
}

/** The whole service on a port of its own, with a database of its own, against the run's sandbox. */
export async function openHouse(
  env: Record<string, string> = {},
  logTo?: NodeJS.WritableStream,
): Promise<House> {
  const db = await openTestDatabase()
  const config = await testConfig(env)
  const vault = makeVault(config.masterKeys)
  const stripe = makeStripeAccess(config.stripe, vault)
  const mail = makeMail(config, db, vault)
  const deps: Deps = { config, db, vault, stripe, mail }
  const app = await buildApp(deps, logTo)
  const secret = newSecret()
  const partnerId = await addPartner(db, 'Test partner', new Secret(secret))
  await app.listen({ port: config.port, host: '127.0.0.1' })
  return {
    deps,
    app,
    url: config.publicUrl,
    secret,
    partnerId,
    async close() {
      await app.close()
      await mail.close()
      stripe.close()
      await db.close()
      rmSync(config.dataDir, { recursive: true, force: true })
    },
  }
}

/** A migrated database that nobody else uses. */
export async function openTestDatabase(): Promise<Database> {
  const template = inject('templateUrl')
  if (!template)
    return new Database(await embeddedEngine(undefined, await openAsBlob(inject('databaseImage'))))
  const name = `${new URL(template).pathname.slice(1)}_${randomBytes(6).toString('hex')}`
  const client = new pg.Client(process.env.TEST_DATABASE_URL)
  await client.connect()
  await client.query(`create database ${name} template ${new URL(template).pathname.slice(1)}`)
  await client.end()
  const url = new URL(template)
  url.pathname = `/${name}`
  return new Database(servedEngine(new Secret(url.href), 8))
}

async function testConfig(env: Record<string, string>): Promise<Config> {
  const port = await freePort()
  return readConfig({
    LOG_LEVEL: 'silent',
    // Tests say from which address they come, so that one test's rate limit is not another's.
    TRUST_PROXY: 'true',
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: mkdtempSync(join(tmpdir(), 'owntill-house-')),
    ENCRYPTION_KEYS: `test1:${randomBytes(32).toString('base64')}`,
    STRIPE_API_URL: inject('sandboxUrl'),
    ...env,
  })
}
