import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type Running = { pid: number; stop(): Promise<void> }

/** Started first, stopped last. */
const running = new Set<Running>()

/** Starts a process and waits until it takes connections on `port`; fails with what it wrote if it ends before. */
export async function startServer(
  command: string,
  args: string[],
  port: number,
  options: SpawnOptions & { stopBy?: NodeJS.Signals } = {},
): Promise<Running> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let written = ''
  const keep = (chunk: Buffer) => {
    written = (written + chunk.toString()).slice(-4_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const ended = endOf(child)
  const process = { pid: child.pid!, stop: stopper(child, ended, options.stopBy) }
  running.add(process)
  for (let waited = 0; !(await accepts(port)); waited += 3) {
    if (child.exitCode !== null || waited > 60_000) {
      await process.stop()
      throw new Error(`${command} ${args.join(' ')} did not start:\n${written}`)
    }
    await sleep(3)
  }
  return process
}

function stopper(child: ChildProcess, ended: Promise<void>, signal?: NodeJS.Signals): Running['stop'] {
  return async function stop(this: Running) {
    if (child.exitCode === null) child.kill(signal)
    await ended
    running.delete(this)
  }
}

const endOf = (child: ChildProcess) =>
  new Promise<void>(resolve => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })

/** Whatever went wrong, nothing we started goes on. */
export async function stopAll(): Promise<void> {
  for (const process of [...running].reverse()) await process.stop()
}

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' })
    const say = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => say(true))
    socket.once('error', () => say(false))
  })
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
