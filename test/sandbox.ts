import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface RunningSandbox {
  /** Without a slash at the end. */
  url: string
  stop(): Promise<void>
}

/** Starts the sandbox as a process of its own on a free port, as `npm run sandbox` does, and waits until it listens. */
export async function startSandbox({ state }: { state?: string } = {}): Promise<RunningSandbox> {
  const main = fileURLToPath(new URL('../src/sandbox/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, '--port', '0', ...(state ? ['--state', state] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const listening = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      const url = /^sandbox listening on (http:\S+)$/.exec(line)?.[1]
      if (url) resolve(url)
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the sandbox ended with ${code} before it listened`)))
  })
  return {
    url: await listening,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
