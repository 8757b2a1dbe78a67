import { type FastifyInstance, type FastifyServerOptions, LogController } from 'fastify'
import { pino } from 'pino'
import type { Config } from '../config.ts'

// Some lines at a time, every quarter of a second and when the process ends: a write for each line would cost a
// request as much as reading its session does.
const written = pino.destination({ dest: 1, sync: false, minLength: 4_096, periodicFlush: 250 })

/** Where something that happened is said: the context first, and a sentence. */
export type Log = Record<'info' | 'warn' | 'error', (context: object, message: string) => void>

/**
 * One JSON line for each request and for each error. Addresses are logged as route patterns and errors by name,
 * code and stack: tokens, keys and bodies never get near the log.
 */
export function logOptions(config: Config, stream?: NodeJS.WritableStream): FastifyServerOptions {
  return {
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    logger: {
      level: config.logLevel,
      stream: stream ?? written,
      serializers: { err: describeError, req: () => ({}), res: () => ({}) } as never,
    },
  }
}

export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'answered',
    )
  })
}

type Described = { type: string; code: unknown; message: string; stack: string }

// Errors of Stripe and of Postgres carry what was sent (values, payloads): only where it happened may be told.
function describeError(error: Error & { code?: unknown }): Described {
  const foreign = !(
    error.constructor === Error ||
    error.constructor === TypeError ||
    error.constructor === RangeError
  )
  const frames = (error.stack ?? '').split('\n').filter(line => line.trimStart().startsWith('at '))
  return {
    type: error.name,
    code: error.code,
    message: foreign ? error.name : error.message,
    stack: frames.join('\n'),
  }
}
