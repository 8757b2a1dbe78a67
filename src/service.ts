import closeWithGrace from 'close-with-grace'
import { buildApp } from './app.ts'
import { BadSettings, firstSecret, readConfig } from './config.ts'
import { openDatabase } from './db/database.ts'
import { DataDirInUse } from './db/hold.ts'
import { migrate, SchemaMismatch } from './db/migrate.ts'
import { seedDemo } from './demo/demo.ts'
import { printLinks } from './demo/links.ts'
import { startSandbox } from './demo/sandbox.ts'
import { makeJobs } from './jobs/jobs.ts'
import { startTracing } from './lib/tracing.ts'
import { mailJobs } from './mail/jobs.ts'
import { makeMail } from './mail/mail.ts'
import { marketplaceJobs } from './marketplace/jobs.ts'
import { makePaying } from './marketplace/paying.ts'
import { mirrorJobs } from './mirror/jobs.ts'
import { makeTelling, notificationJobs } from './notifications/telling.ts'
import { orderJobs } from './orders/jobs.ts'
import { ownerJobs } from './owners/jobs.ts'
import { addPartner, anyPartner } from './partners/partners.ts'
import { refundJobs } from './refunds/jobs.ts'
import { storeJobs } from './stores/upkeep.ts'
import { makeStripeAccess } from './stripe/stripe.ts'
import { checkKeys, WrongKeys } from './vault/canaries.ts'
import { makeVault } from './vault/vault.ts'
import { webhookJobs } from './webhooks/jobs.ts'

/** How long requests in flight may take to end when the process is asked to stop, in milliseconds. */
const GRACE = 9_000

async function open(): Promise<void> {
  const config = readConfig(process.env)
  const stopTracing = config.tracesUrl ? await startTracing(config.tracesUrl) : undefined
  const db = await openDatabase(config)
  await migrate(db.engine)
  const vault = makeVault(config.masterKeys)
  await checkKeys(db, vault)
  const stripe = makeStripeAccess(config.stripe, vault)
  const mail = makeMail(config, db, vault)
  const deps = { config, db, vault, stripe, mail }

  const first = firstSecret(config)
  if (first) await addPartner(db, 'First partner', first.secret)
  else if (!(await anyPartner(db))) {
    throw new BadSettings(['INTERNAL_SECRET is required on the first boot: it becomes the first partner'])
  }

  const app = await buildApp(deps)
  const jobs = makeJobs(db, app.log)
  await jobs.start([
    ...orderJobs(deps, app.log),
    ...refundJobs(deps),
    ...marketplaceJobs(deps),
    ...notificationJobs(deps),
    ...storeJobs(deps),
    ...webhookJobs(deps, app.log),
    ...mirrorJobs(deps, app.log),
    ...mailJobs(deps, app.log),
    ...ownerJobs(deps),
  ])
  const sandbox = config.stripe.sandboxPort
    ? await startSandbox(config.stripe.sandboxPort, config.dataDir)
    : undefined
  await app.listen({ host: config.host, port: config.port })
  const telling = makeTelling(deps, app.log)
  telling.start()
  const paying = makePaying(deps, app.log)
  paying.start()

  closeWithGrace({ delay: GRACE, logger: false }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'stopping after an unexpected error')
    await app.close()
    await jobs.stop(3)
    await telling.stop(3)
    await paying.stop(1)
    await mail.close()
    stripe.close()
    await db.close()
    await stopTracing?.()
    sandbox?.kill('SIGTERM')
  })

  if (sandbox && first) {
    await seedDemo(deps, first.secret)
    printLinks(config, first.shown)
  } else if (first?.fresh) console.log(`X-Internal-Secret  ${first.shown}`)
}

/** Starts the service; ends the process, having said why, when it cannot start. */
export async function start(): Promise<void> {
  try {
    await open()
  } catch (error) {
    const expected = [BadSettings, DataDirInUse, SchemaMismatch, WrongKeys].some(
      kind => error instanceof kind,
    )
    console.error(expected ? (error as Error).message : error)
    process.exit(1)
  }
}
