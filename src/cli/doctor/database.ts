import { pending, SchemaMismatch } from '../../db/migrate.ts'
import { queueDepths, queueState, SILENT_MINUTES } from '../../jobs/depth.ts'
import { SEALED } from '../../sealed.ts'
import { tryCanaries, WrongKeys } from '../../vault/canaries.ts'
import { countBoxes } from '../../vault/rotation.ts'
import { makeVault } from '../../vault/vault.ts'
import { broken, type Finding, ok, type Patient, warning } from './finding.ts'

/** What we were written for, and tested with. */
const OLDEST_POSTGRES = 15

/** Seconds by which the database's clock may differ before expiries become visibly wrong. */
const CLOCK_TOLERANCE = 5

export async function checkDatabase({ config, db }: Patient): Promise<Finding[]> {
  const since = Date.now()
  const { rows } = await db.engine.query<{ version: number; at: Date; most: number }>(
    `select current_setting('server_version_num')::int / 10000 as version, clock_timestamp() as at,
            current_setting('max_connections')::int as most`,
  )
  const { version, at, most } = rows[0]!
  const apart = Math.round(((since + Date.now()) / 2 - at.getTime()) / 1_000)
  const kind = db.engine.kind === 'embedded' ? 'embedded' : `Postgres ${version}`
  const found: Finding[] = []
  if (version < OLDEST_POSTGRES) {
    found.push(broken('database', `${kind} is too old`, `Use Postgres ${OLDEST_POSTGRES} or newer.`))
  }
  if (Math.abs(apart) > CLOCK_TOLERANCE) {
    found.push(
      warning(
        'database',
        `its clock is ${Math.abs(apart)} s away from ours`,
        'Let both machines set their clocks by NTP.',
      ),
    )
  }
  if (db.engine.kind === 'postgres' && config.databasePool > most) {
    found.push(
      warning(
        'database',
        `DATABASE_POOL is ${config.databasePool}, and the server takes ${most} connections from everybody`,
        'Lower DATABASE_POOL, raise max_connections, or put PgBouncer between.',
      ),
    )
  }
  return found.length > 0 ? found : [ok('database', `${kind} answers`)]
}

export async function checkMigrations({ db }: Patient): Promise<Finding> {
  try {
    const missing = await pending(db.engine)
    if (missing.length === 0) return ok('migrations', 'of this release')
    return broken(
      'migrations',
      `${missing.length} of this release are not applied`,
      'Run owntill migrate, or start the service, which applies them.',
    )
  } catch (error) {
    if (!(error instanceof SchemaMismatch)) throw error
    return broken(
      'migrations',
      error.message,
      'Run the release that the database was migrated by, or a newer one.',
    )
  }
}

export async function checkMasterKeys({ config, db }: Patient): Promise<Finding> {
  const vault = makeVault(config.masterKeys)
  try {
    await tryCanaries(db, vault)
  } catch (error) {
    if (!(error instanceof WrongKeys)) throw error
    return broken(
      'encryption keys',
      error.message,
      'Put the right key back: without it merchants’ keys stay sealed.',
    )
  }
  const counts = await countBoxes(db, SEALED)
  const old = counts.filter(({ kid }) => kid !== vault.kid).reduce((sum, { boxes }) => sum + boxes, 0)
  if (old > 0) {
    return warning(
      'encryption keys',
      `${old} secrets are still sealed with a key that no longer seals`,
      'Run owntill keys rotate.',
    )
  }
  const all = counts.reduce((sum, { boxes }) => sum + boxes, 0)
  return ok('encryption keys', `${vault.kid} opens all ${all} secrets`)
}

export async function checkQueue({ db }: Patient): Promise<Finding> {
  const state = await queueState(db)
  if (state === 'new') return warning('jobs', 'the queue was never started', 'Start the service.')
  if (state === 'silent') {
    return broken(
      'jobs',
      `nobody has worked on them for ${SILENT_MINUTES} minutes`,
      'Start the service, or look for "the job queue failed" in its log.',
    )
  }
  const failed = (await queueDepths(db)).filter(queue => queue.failed > 0)
  if (failed.length === 0) return ok('jobs', 'are worked on')
  return warning(
    'jobs',
    `failed: ${failed.map(queue => `${queue.failed} of ${queue.name}`).join(', ')}`,
    'See docs/runbooks.md, "JobsFail".',
  )
}
