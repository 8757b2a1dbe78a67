import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { Database } from '../../src/db/database.ts'
import { engineOf, servedEngine } from '../../src/db/engine.ts'
import { migrate } from '../../src/db/migrate.ts'
import { Secret } from '../../src/lib/secret.ts'
import { startSandbox } from '../sandbox.ts'

declare module 'vitest' {
  interface ProvidedContext {
    sandboxUrl: string
    /** An embedded database with the schema, as a file to start copies from. */
    databaseImage: string
    /** Set when the tests run on a served Postgres: a database with the schema, to copy. */
    templateUrl: string | undefined
  }
}

const TEMPLATE = `owntill_template_${process.pid}`

/** One sandbox and one migrated database for the whole run; each test file copies the database for itself. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'owntill-test-'))
  const [sandbox, image, templateUrl] = await Promise.all([startSandbox(), embeddedImage(folder), template()])
  project.provide('sandboxUrl', sandbox.url)
  project.provide('databaseImage', image)
  project.provide('templateUrl', templateUrl)

  return async () => {
    await sandbox.stop()
    if (process.env.TEST_DATABASE_URL) await dropCopies(process.env.TEST_DATABASE_URL)
    rmSync(folder, { recursive: true })
  }
}

async function embeddedImage(folder: string): Promise<string> {
  const file = join(folder, 'database.tar')
  const pglite = await PGlite.create()
  await migrate(engineOf(pglite))
  writeFileSync(file, await (await pglite.dumpDataDir('none')).bytes())
  await pglite.close()
  return file
}

async function template(): Promise<string | undefined> {
  const server = process.env.TEST_DATABASE_URL
  if (!server) return undefined
  await admin(server, `create database ${TEMPLATE}`)
  const url = new URL(server)
  url.pathname = `/${TEMPLATE}`
  const db = new Database(servedEngine(new Secret(url.href), 1))
  await migrate(db.engine)
  await db.close()
  return url.href
}

async function dropCopies(server: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  const { rows } = await client.query('select datname from pg_database where datname like $1', [
    `${TEMPLATE}%`,
  ])
  for (const { datname } of rows) await client.query(`drop database "${datname}" with (force)`)
  await client.end()
}

async function admin(server: string, statement: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  await client.query(statement)
  await client.end()
}
