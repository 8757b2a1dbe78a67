import { Gauge, Registry } from 'prom-client'
import type { Database } from '../db/database.ts'
import { queueDepths } from '../jobs/depth.ts'
import { outboxState } from '../outbox/outbox.ts'

/** How things stand at the moment somebody asks: connections to the database, jobs and news that wait. */
export function stateOf(db: Database): Registry {
  const registry = new Registry()
  const registers = [registry]

  new Gauge({
    name: 'owntill_database_connections',
    help: 'Connections of the pool, and requests that wait for one',
    labelNames: ['state'],
    registers,
    collect() {
      const usage = db.engine.usage?.()
      if (!usage) return
      this.set({ state: 'used' }, usage.open - usage.idle)
      this.set({ state: 'idle' }, usage.idle)
      this.set({ state: 'waited_for' }, usage.waiting)
    },
  })

  new Gauge({
    name: 'owntill_jobs',
    help: 'Jobs by queue and state, as the queue last counted them',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      this.reset()
      for (const { name, waiting, active, failed } of await queueDepths(db)) {
        this.set({ queue: name, state: 'waiting' }, waiting)
        this.set({ queue: name, state: 'active' }, active)
        this.set({ queue: name, state: 'failed' }, failed)
      }
    },
  })

  new Gauge({
    name: 'owntill_outbox',
    help: 'What waits to be told: the age of the oldest in seconds, and how many were set aside for a person',
    labelNames: ['figure'],
    registers,
    async collect() {
      const { age, failed } = await outboxState(db)
      this.set({ figure: 'age_seconds' }, age)
      this.set({ figure: 'failed' }, failed)
    },
  })
  return registry
}
