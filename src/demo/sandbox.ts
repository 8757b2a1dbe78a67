import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url))

/** Starts the sandbox as a process of its own, keeping its state in DATA_DIR. Rejects when it cannot listen. */
export async function startSandbox(port: number, dataDir: string): Promise<ChildProcess> {
  const sandbox = spawn(
    process.execPath,
    [MAIN, '--port', String(port), '--state', join(dataDir, 'sandbox.json'), '--attached'],
    // Its standard input ends with this process, however that ends, and the sandbox with it (--attached): one that
    // was left behind would keep the port.
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const listening = once(sandbox.stdout, 'data')
  const ended = once(sandbox, 'exit').then(([code]) => {
    throw new Error(`the sandbox ended (exit code ${code}): is port ${port} taken? Set SANDBOX_PORT.`)
  })
  await Promise.race([listening, ended])
  ended.catch(() => undefined) // from now on its end is no failure to start
  return sandbox
}
