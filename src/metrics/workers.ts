import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { AggregatorRegistry } from 'prom-client'
import { counted } from '../lib/metrics.ts'

/**
 * The figures of a cluster (src/cluster.ts). Whichever worker Prometheus happens to reach asks the primary, which asks
 * all workers and adds up what they have counted.
 */
type Message =
  | { owntill: 'figures?' }
  | { owntill: 'figures'; figures: object[] }
  | { owntill: 'sum?' }
  | { owntill: 'sum'; text: string }

/** A worker that takes longer than this is left out, in milliseconds. */
const PATIENCE = 1_000

/** What this process has counted, or the whole cluster if it is part of one. */
export async function figures(): Promise<string> {
  if (!cluster.isWorker) return counted.metrics()
  const answer = heard('sum')
  process.send!({ owntill: 'sum?' } satisfies Message)
  return (await answer).text
}

/** In a worker: tells the primary what it has counted, when asked. */
export function tellPrimary(): void {
  if (!cluster.isWorker) return
  process.on('message', async (message: Message) => {
    if (message.owntill !== 'figures?') return
    process.send!({ owntill: 'figures', figures: await counted.getMetricsAsJSON() } satisfies Message)
  })
}

async function heard<Kind extends Message['owntill']>(
  kind: Kind,
): Promise<Extract<Message, { owntill: Kind }>> {
  for (;;) {
    const [message] = (await once(process, 'message')) as [Message]
    if (message.owntill === kind) return message as Extract<Message, { owntill: Kind }>
  }
}

/** In the primary: answers workers that ask for the sum of all. */
export function addUpWorkers(): void {
  cluster.on('message', async (asker: Worker, message: Message) => {
    if (message.owntill !== 'sum?') return
    const workers = Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined)
    const all = (await Promise.all(workers.map(figuresOf))).filter(known => known !== undefined)
    const text = await AggregatorRegistry.aggregate(all as never).metrics()
    if (asker.isConnected()) asker.send({ owntill: 'sum', text } satisfies Message)
  })
}

function figuresOf(worker: Worker): Promise<object[] | undefined> {
  return new Promise(resolve => {
    const end = (figures?: object[]) => {
      clearTimeout(timer)
      worker.off('message', listen)
      resolve(figures)
    }
    const listen = (message: Message) => {
      if (message.owntill === 'figures') end(message.figures)
    }
    const timer = setTimeout(end, PATIENCE)
    worker.on('message', listen)
    worker.send({ owntill: 'figures?' } satisfies Message)
  })
}
