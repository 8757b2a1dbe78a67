import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../harness/port.ts'

const INSTALLED = '/usr/lib/postgresql'

export type OwnPostgres = {
  url: string
  /** Stops it, with the signal that says how hard, and starts it again. */
  restart(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void>
  close(): Promise<void>
}

/** A Postgres of the test's own in a temporary folder, which may be stopped without asking anybody. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const [newest] = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a)) : []
  if (!newest) throw new Error(`there is no Postgres in ${INSTALLED}: install postgresql and try again`)
  const bin = join(INSTALLED, newest, 'bin')
  const folder = mkdtempSync(join(tmpdir(), 'owntill-chaos-'))
  const user = unprivileged()
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], {
    ...user,
    cwd: folder,
    stdio: 'pipe',
  })
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`]

  async function start(): Promise<ChildProcess> {
    const args = ['-D', data, ...settings.flatMap(setting => ['-c', setting])]
    const child = spawn(join(bin, 'postgres'), args, { ...user, cwd: folder, stdio: 'ignore' })
    while (!(await answers(url))) {
      if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`)
      await sleep(50)
    }
    return child
  }
  async function stop(signal: NodeJS.Signals): Promise<void> {
    const ended = once(server, 'exit')
    server.kill(signal)
    await ended
    // Killed outright it leaves its children to notice and its lock to be found stale.
    if (signal === 'SIGKILL') await sleep(1_500)
  }
  let server = await start()

  return {
    url,
    async restart(signal) {
      await stop(signal)
      server = await start()
    },
    async close() {
      await stop('SIGQUIT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
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
