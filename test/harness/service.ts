import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { inject } from 'vitest'
import { freePort } from './port.ts'

const HOUSE = fileURLToPath(new URL('../../', import.meta.url))

/** What Node makes of our TypeScript is kept between processes: each starts in half the time. */
const NODE_COMPILE_CACHE = join(tmpdir(), 'owntill-compile-cache')

/** How a process ended, and all it said. */
export type Ended = { code: number | null; signal: NodeJS.Signals | null; said: string }

export type ServiceProcess = {
  pid: number
  /** Everything printed so far, both streams. */
  said(): string
  kill(signal: NodeJS.Signals): void
  ended: Promise<Ended>
}

/** Runs `node src/server.ts` (or another entrance) with exactly these settings (and PATH), in `folder`. */
export function runServer(
  env: Record<string, string>,
  folder = HOUSE,
  command = ['src/server.ts'],
): ServiceProcess {
  const child = spawn(process.execPath, command, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { pid: child.pid!, ...listenTo(child), kill: signal => child.kill(signal) }
}

function listenTo(child: ChildProcess) {
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (said += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, said }))
  return { said: () => said, ended }
}

/** Waits until the service answers that it is ready for work; throws what it said when it ends instead. */
export function ready(url: string, service: ServiceProcess): Promise<void> {
  return waitFor(service, async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok ?? false)
}

async function waitFor(service: ServiceProcess, good: () => boolean | Promise<boolean>): Promise<void> {
  // A cold embedded database takes seconds, and a busy machine many of them.
  const end = Date.now() + 120_000
  let over = false
  void service.ended.then(() => {
    over = true
  })
  while (!over && Date.now() < end) {
    if (await good()) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  service.kill('SIGTERM')
  throw new Error(`the service is not ready: ${service.said()}`)
}

export type DemoService = {
  url: string
  sandboxUrl: string
  dataDir: string
  /** Changes the database under the service; an embedded one is stopped for it and started again. */
  sql(text: string, values?: unknown[]): Promise<void>
  close(): Promise<void>
}

/** What `npm start` gives: the service with its sandbox and the demo stores, on free ports and a database of its own. */
export async function startDemo(server: string | undefined): Promise<DemoService> {
  const dataDir = mkdtempSync(join(tmpdir(), 'owntill-demo-'))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const database = server ? await newDatabase(server) : undefined
  if (!database) seedEmbedded(dataDir)
  const url = `http://localhost:${port}`
  const env = {
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    DATABASE_URL: database?.url ?? '',
  }
  async function start(): Promise<ServiceProcess> {
    const started = runServer(env)
    await ready(url, started)
    await waitFor(started, () => started.said().includes('Owntill is ready'))
    return started
  }
  async function stop(): Promise<void> {
    service.kill('SIGTERM')
    const { code, said } = await service.ended
    if (code !== 0) throw new Error(`the service ended with ${code}: ${said}`)
  }
  let service = await start()

  return {
    url,
    sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
    dataDir,
    async sql(text, values) {
      if (database) return database.run(text, values)
      await stop()
      await runEmbedded(dataDir, text, values)
      service = await start()
    },
    async close() {
      await stop()
      await database?.drop()
      rmSync(dataDir, { recursive: true })
    },
  }
}

/** An embedded database with the schema, where there would be an empty one: making both takes a process seconds. */
export function seedEmbedded(dataDir: string): void {
  const image = inject('databaseImage')
  if (!image) return
  const folder = join(dataDir, 'database')
  mkdirSync(folder)
  execFileSync('tar', ['-xf', image, '-C', folder], { stdio: 'ignore' })
}

/** Changes the embedded database of a service that is not running. */
export async function runEmbedded(dataDir: string, text: string, values?: unknown[]): Promise<void> {
  const embedded = await PGlite.create(join(dataDir, 'database'))
  await embedded.query(text, values)
  await embedded.close()
}

export type OwnDatabase = {
  url: string
  run(text: string, values?: unknown[]): Promise<void>
  drop(): Promise<void>
}

/** An empty database on a Postgres server, of one test's own. */
export async function newDatabase(server: string): Promise<OwnDatabase> {
  const name = `owntill_test_${randomBytes(6).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await runOn(server, `create database ${name}`)
  return {
    url: url.href,
    run: (text, values) => runOn(url.href, text, values),
    drop: () => runOn(server, `drop database if exists ${name} with (force)`),
  }
}

async function runOn(url: string, text: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(text, values)
  } finally {
    await client.end()
  }
}
