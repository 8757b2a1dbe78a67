import { connect, createServer, type Socket } from 'node:net'

export type Proxy = {
  port: number
  /** Drops every connection and takes no new one. */
  cut(): Promise<void>
  mend(): Promise<void>
}

/** A way to a server that can be taken away and given back without touching the server. */
export async function proxyTo(host: string, port: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const proxy = createServer(client => {
    const upstream = connect(port, host)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy()).on('close', () => sockets.delete(one))
    }
  })
  const listen = (at: number) => new Promise<void>(resolve => proxy.listen(at, '127.0.0.1', resolve))
  await listen(0)
  const { port: own } = proxy.address() as { port: number }
  return {
    port: own,
    async cut() {
      const closed = new Promise(resolve => proxy.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    mend: () => listen(own),
  }
}
