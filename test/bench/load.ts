import { performance } from 'node:perf_hooks'
import { type Connection, openConnection } from './connection.ts'

/** What a run showed: answers a second, and how long they took in milliseconds. */
export type Run = { count: number; seconds: number; perSecond: number; p50: number; p99: number }

type Load = {
  /** Scheme, host and port. */
  origin: string
  connections: number
  requests: readonly Buffer[]
  /** What every answer must be: anything else ends the run. */
  status: number
  /** Absent: as fast as answers come. Else so many a second, evenly, whether or not answers keep up. */
  perSecond?: number
  onBody?: (body: Buffer) => void
}

/**
 * Sends each request once. At a steady rate a request's time counts from the moment it was due, so that a service
 * that stalls is not flattered by a client that waits for it.
 */
export async function load({ origin, connections, requests, status, perSecond, onBody }: Load): Promise<Run> {
  const times: number[] = []
  const idle: { take(request: Buffer, due: number): void }[] = []
  const late: number[] = []
  const opened: Connection[] = []
  let next = 0
  let timer: NodeJS.Timeout | undefined
  let began = 0

  try {
    await new Promise<void>((resolve, reject) => {
      const addConnection = async () => {
        let due = 0
        const connection = await openConnection(
          origin,
          (answer, body) => {
            times.push(performance.now() - due)
            if (answer !== status) return reject(new Error(`answered ${answer}: ${body.toString()}`))
            onBody?.(body)
            if (times.length === requests.length) return resolve()
            const queued = perSecond ? late.shift() : performance.now()
            if (queued === undefined || next === requests.length) idle.push(taker)
            else taker.take(requests[next++]!, queued)
          },
          reject,
        )
        const taker = {
          take(request: Buffer, from: number) {
            due = from
            connection.send(request)
          },
        }
        opened.push(connection)
        idle.push(taker)
      }

      const begin = () => {
        began = performance.now()
        if (!perSecond) {
          for (const taker of idle.splice(0)) {
            if (next < requests.length) taker.take(requests[next++]!, performance.now())
          }
          return
        }
        let planned = 0
        timer = setInterval(() => {
          const now = performance.now()
          for (; planned < requests.length && began + (planned * 1_000) / perSecond <= now; planned++) {
            const due = began + (planned * 1_000) / perSecond
            const taker = idle.shift()
            if (taker) taker.take(requests[next++]!, due)
            else late.push(due)
          }
        }, 1)
      }

      Promise.all(Array.from({ length: connections }, addConnection)).then(begin, reject)
    })
  } finally {
    clearInterval(timer)
    for (const connection of opened) connection.close()
  }

  const seconds = (performance.now() - began) / 1_000
  times.sort((a, b) => a - b)
  return {
    count: times.length,
    seconds,
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
}
