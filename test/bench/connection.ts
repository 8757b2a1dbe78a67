import { connect, type Socket } from 'node:net'

/** One keep-alive HTTP connection that answers one request at a time. */
export type Connection = { send(request: Buffer): void; close(): void }

type Answered = (status: number, body: Buffer) => void

/**
 * Opens a connection that writes requests rendered beforehand and reads answers that have a length. The load
 * generator shares the cores with what it measures, so it does as little as it can for each request.
 */
export function openConnection(origin: string, answered: Answered, failed: (error: Error) => void) {
  const { hostname, port } = new URL(origin)
  return new Promise<Connection>((resolve, reject) => {
    const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
    let waiting: Buffer | undefined
    let closing = false
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.on('error', failed)
      socket.on('close', () => closing || failed(new Error('the connection was closed')))
      resolve({
        send: request => socket.write(request),
        close: () => {
          closing = true
          socket.destroy()
        },
      })
    })
    socket.on('data', chunk => {
      waiting = waiting ? Buffer.concat([waiting, chunk]) : chunk
      const head = waiting.indexOf('\r\n\r\n')
      if (head < 0) return
      const length = contentLength(waiting.toString('latin1', 0, head))
      if (length === undefined) return failed(new Error('an answer came without a length'))
      if (waiting.length < head + 4 + length) return
      const status = Number(waiting.toString('latin1', 9, 12))
      const body = waiting.subarray(head + 4, head + 4 + length)
      waiting = undefined
      answered(status, body)
    })
  })
}

function contentLength(head: string): number | undefined {
  const found = /\r\ncontent-length: *(\d+)/i.exec(head)
  return found ? Number(found[1]) : undefined
}

/** A request as the bytes that go over the wire. */
export function render(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Buffer {
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(body)
  const lines = Object.entries({
    host: '127.0.0.1',
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`), bytes])
}
