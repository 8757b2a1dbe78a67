import { type Connection, openConnection } from './connection.ts'

const CONNECTIONS = 16

/** What became of a flood: answers by status. */
export type Flood = { stop(): Map<number, number> }

/** Sends so many requests a second, whatever is answered; a request for which no connection is free is left out. */
export async function startFlood(origin: string, perSecond: number, request: () => Buffer): Promise<Flood> {
  const answers = new Map<number, number>()
  const idle: Connection[] = []
  const opened: Connection[] = []
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const connection = await openConnection(
      origin,
      status => {
        answers.set(status, (answers.get(status) ?? 0) + 1)
        idle.push(connection)
      },
      () => undefined,
    )
    opened.push(connection)
    idle.push(connection)
  }
  const began = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1_000) * perSecond
    for (; sent < due; sent += 1) idle.pop()?.send(request())
  }, 2)
  return {
    stop() {
      clearInterval(timer)
      for (const connection of opened) connection.close()
      return answers
    },
  }
}
