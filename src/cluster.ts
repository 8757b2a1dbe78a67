import cluster, { type Worker } from 'node:cluster'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BadSettings, readConfig } from './config.ts'
import { addUpWorkers } from './metrics/workers.ts'

/** How soon a worker that died is replaced, in milliseconds: one that cannot start must not be started in a loop. */
const REPLACED_AFTER = 1_000

/** How long workers may take to drain before they are killed, in milliseconds; their own limit is nine seconds. */
const PATIENCE = 15_000

/**
 * Several processes of the service on one port: as many as there are cores, or `--workers N`. They share nothing but
 * the database, so this is the same as that many instances behind a proxy, without the proxy.
 */
function start(): void {
  const { values } = parseArgs({ options: { workers: { type: 'string' } } })
  const count = Number(values.workers ?? availableParallelism())
  const { databaseUrl, stripe } = readConfig(process.env)
  const problems = [
    !(Number.isInteger(count) && count > 0) && '--workers must be a number from 1',
    !databaseUrl && 'DATABASE_URL is required: the embedded database serves one process only',
    stripe.sandboxPort && "STRIPE_API_URL cannot be 'sandbox': run `npm run sandbox` and give its address",
  ].filter(problem => typeof problem === 'string')
  if (problems.length > 0) throw new BadSettings(problems)

  cluster.setupPrimary({ exec: fileURLToPath(new URL('./server.ts', import.meta.url)), args: [] })
  addUpWorkers()
  keepRunning(count)
}

function keepRunning(count: number): void {
  const served = new WeakSet<Worker>()
  let stopping = false

  function stop(code: number): void {
    if (stopping) return
    stopping = true
    process.exitCode = code
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
    setTimeout(() => {
      for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
    }, PATIENCE).unref()
  }

  cluster.on('listening', worker => served.add(worker))
  cluster.on('exit', worker => {
    if (stopping) return
    // What never served will not serve next time either: a setting, the database, a key.
    if (!served.has(worker)) stop(1)
    else setTimeout(() => !stopping && cluster.fork(), REPLACED_AFTER)
  })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(0))
  for (let index = 0; index < count; index += 1) cluster.fork()
}

try {
  start()
} catch (error) {
  if (!(error instanceof BadSettings)) throw error
  console.error(error.message)
  process.exitCode = 1
}
