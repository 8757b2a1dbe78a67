import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort, startServer } from './processes.ts'

export type Postgres = {
  version: string
  /** Its own process, when it is ours: only then is its CPU measured and its settings changed. */
  pid: number | undefined
  /** A temporary folder for whatever a run needs. */
  folder: string
  /** Changes a setting for everybody, at once. Only where Postgres is ours. */
  set(name: string, value: string): Promise<void>
  /** Makes an empty database and answers its URL. */
  create(name: string): Promise<string>
  close(): Promise<void>
}

const INSTALLED = '/usr/lib/postgresql'

/** Where pgbench and the server's programs are: the newest installed version. */
export function binaries(): string {
  const [newest] = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : []
  if (!newest) throw new Error(`there is no Postgres in ${INSTALLED}: install postgresql and try again`)
  return join(INSTALLED, newest, 'bin')
}

/** The Postgres of TEST_DATABASE_URL, or one of our own in a temporary folder, gone when it is closed. */
export async function openPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'owntill-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove) // also when a signal ends the run
  const given = process.env.TEST_DATABASE_URL
  if (given) return databasesOn(given, undefined, folder, async () => remove())

  const user = unprivileged()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const bin = binaries()
  try {
    execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], {
      ...user,
      cwd: folder,
      stdio: 'pipe',
    })
    const port = await freePort()
    const server = await startServer(join(bin, 'postgres'), ['-D', data, ...settings(folder, port)], port, {
      ...user,
      cwd: folder,
      // Asked politely it would wait for every client to leave.
      stopBy: 'SIGQUIT',
    })
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    const postgres = await databasesOn(url, server.pid, folder, async () => {
      await server.stop()
      remove()
    })
    // Counting statements costs a little: only while they are counted.
    await postgres.set('pg_stat_statements.track', 'none')
    return postgres
  } catch (error) {
    remove()
    throw error
  }
}

// As Postgres comes, fsync and all; only checkpoints are kept from falling into one round and not into the other.
function settings(folder: string, port: number): string[] {
  return Object.entries({
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_wal_size: '8GB',
    checkpoint_timeout: '1h',
    max_connections: 200,
    shared_preload_libraries: 'pg_stat_statements',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

// Postgres refuses to run as root.
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const found = ['postgres:', 'nobody:'].map(name => users.find(line => line.startsWith(name))).find(Boolean)
  if (!found) throw new Error('root needs a user named postgres or nobody to run Postgres as')
  const [, , uid, gid] = found.split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function databasesOn(
  url: string,
  pid: number | undefined,
  folder: string,
  end: () => Promise<void>,
): Promise<Postgres> {
  const admin = await connected(url)
  const made: string[] = []
  const { rows } = await admin.query('show server_version')
  return {
    version: rows[0].server_version,
    pid,
    folder,
    async set(name, value) {
      await admin.query(`alter system set ${name} = '${value}'`)
      await admin.query('select pg_reload_conf()')
    },
    async create(name) {
      const database = `owntill_bench_${process.pid}_${name}`
      await admin.query(`create database ${database}`)
      made.push(database)
      const its = new URL(url)
      its.pathname = `/${database}`
      return its.href
    },
    async close() {
      for (const database of pid ? [] : made) await admin.query(`drop database ${database} with (force)`)
      await admin.end()
      await end()
    },
  }
}

// It listens a moment before it lets anybody in.
async function connected(url: string, tries = 200): Promise<pg.Client> {
  const client = new pg.Client(url)
  // A server that was stopped under it; whoever asks next is told.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    if ((error as { code?: string }).code !== '57P03' || tries === 0) throw error
    await sleep(20)
    return connected(url, tries - 1)
  }
}
