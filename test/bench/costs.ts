import { cpuOf } from './cpu.ts'
import type { Postgres } from './postgres.ts'

/** CPU in microseconds that one request took in Node (the server's process) and in Postgres. */
export type Cost = { node: number; postgres: number }

/** Runs something that answers how much it did, and adds what one of it cost. Without a process: Postgres alone. */
export async function costing<R extends { count: number }>(
  postgres: Postgres,
  pid: number | undefined,
  run: () => Promise<R>,
): Promise<R & Cost> {
  const inNode = () => (pid ? cpuOf(pid) : 0)
  const inPostgres = () => (postgres.pid ? cpuOf(postgres.pid, { children: true }) : 0)
  const before = { node: inNode(), postgres: inPostgres() }
  const result = await run()
  return {
    ...result,
    node: (inNode() - before.node) / result.count,
    postgres: (inPostgres() - before.postgres) / result.count,
  }
}
