import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './port.ts'

/** Which 1.x the PgBouncer of this machine is, such as 18; undefined when there is none. */
export function pgbouncerVersion(): number | undefined {
  try {
    const said = execFileSync('pgbouncer', ['--version'], { encoding: 'utf8' })
    return Number(/PgBouncer 1\.(\d+)/.exec(said)?.[1])
  } catch {
    return undefined
  }
}

/**
 * PgBouncer in transaction mode in front of a database, with fewer connections to it than any client wants: whoever
 * counts on keeping one will meet another one's. `url` is the way through it.
 */
export async function startPgBouncer(databaseUrl: string, extra = '') {
  const database = new URL(databaseUrl)
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'owntill-pgbouncer-'))
  // The very settings that compose.yaml uses, with other addresses and a smaller pool.
  const settings = readFileSync(new URL('../../ops/pgbouncer.ini', import.meta.url), 'utf8')
    .replace(
      /^owntill = .*/m,
      `* = user=${database.username || 'postgres'} host=${database.hostname} port=${database.port || 5432}`,
    )
    .replace(/^listen_addr = .*/m, 'listen_addr = 127.0.0.1')
    .replace(/^listen_port = .*/m, `listen_port = ${port}`)
    .replace(/^auth_type = .*/m, 'auth_type = any')
    .replace(/^auth_file = .*/m, '')
    .replace(/^default_pool_size = .*/m, 'default_pool_size = 3')
  writeFileSync(join(folder, 'pgbouncer.ini'), `${settings}${extra}\n`)
  chmodSync(folder, 0o755)
  // It refuses to run as root; the package made no user of its own.
  const asUser = process.getuid?.() === 0 ? ['-u', 'postgres'] : []
  const child = spawn('pgbouncer', ['-q', ...asUser, join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', chunk => (said += chunk))
  await listening(port, child, () => said)
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    async stop() {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(port: number, child: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said()}`)
    const socket = connect(port, '127.0.0.1')
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`pgbouncer does not listen: ${said()}`)
}
