import { BadSettings, readConfig } from '../../config.ts'
import { type Database, openDatabase } from '../../db/database.ts'
import { DataDirInUse } from '../../db/hold.ts'
import { checkDatabase, checkMasterKeys, checkMigrations, checkQueue } from './database.ts'
import { broken, codeOf, type Finding, type Patient, warning } from './finding.ts'
import { checkEndpoints, checkMail, checkStripe } from './outside.ts'
import { checkSettings } from './settings.ts'

const WITH_DATABASE = ['database', 'migrations', 'encryption keys', 'jobs', 'webhook endpoints']
const ALL = [...WITH_DATABASE, 'Stripe', 'clock', 'mail']

/** Looks at everything that has to be right, and changes nothing. A check that fails by a bug of ours is broken. */
export async function examine(env: NodeJS.ProcessEnv, storeId?: string): Promise<Finding[]> {
  let config: ReturnType<typeof readConfig>
  try {
    config = readConfig(env)
  } catch (error) {
    if (!(error instanceof BadSettings)) throw error
    const next = 'Set it as README.md says under "Deploy".'
    return [...error.lines.map(line => broken('settings', line, next)), ...unchecked(ALL)]
  }
  return [
    ...checkSettings(config),
    ...(await checkInside(config, storeId)),
    ...(await attempt('Stripe', () => checkStripe(config))),
    ...(await attempt('mail', () => checkMail(config))),
  ]
}

async function checkInside(config: Patient['config'], storeId?: string): Promise<Finding[]> {
  let db: Database
  try {
    db = await openDatabase(config)
  } catch (error) {
    if (!(error instanceof DataDirInUse)) throw error
    const next = 'Stop the service, or set DATABASE_URL: an embedded database has room for one process.'
    return [warning('database', 'is held by the running service', next), ...unchecked(WITH_DATABASE.slice(1))]
  }
  try {
    const reached = await attempt('database', () => checkDatabase({ config, db }), FIND_IT)
    if (reached.some(({ state }) => state === 'broken'))
      return [...reached, ...unchecked(WITH_DATABASE.slice(1))]
    const migrated = await checkMigrations({ config, db })
    if (migrated.state === 'broken') return [...reached, migrated, ...unchecked(WITH_DATABASE.slice(2))]
    return [
      ...reached,
      migrated,
      ...(await attempt('encryption keys', () => checkMasterKeys({ config, db }))),
      ...(await attempt('jobs', () => checkQueue({ db, config }))),
      ...(await attempt('webhook endpoints', () => checkEndpoints({ config, db }, storeId))),
    ]
  } finally {
    await db.close()
  }
}

const FIND_IT = 'Check DATABASE_URL, and whether Postgres runs and takes connections from here.'

async function attempt(
  check: string,
  look: () => Promise<Finding | Finding[]>,
  next = 'Mend what stands above it first.',
): Promise<Finding[]> {
  try {
    return [await look()].flat()
  } catch (error) {
    return [broken(check, `could not be checked (${codeOf(error)})`, next)]
  }
}

const unchecked = (checks: string[]): Finding[] =>
  checks.map(check => ({ check, state: 'not checked', said: 'something else has to be mended first' }))
