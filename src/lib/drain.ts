import type { FastifyInstance } from 'fastify'

/**
 * While the service stops, every answer ends its connection: one that is kept alive would hold the process until
 * its time is over, long after the last request.
 */
export function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false
  app.addHook('preClose', done => {
    closing = true
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close')
    done(null, payload)
  })
}
