import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import {
  BadInput,
  InternalError,
  MalformedRequest,
  Problem,
  TooManyRequests,
  Unavailable,
} from './problem.ts'

/** The API's way of saying no: `application/problem+json` (RFC 9457), whatever the caller accepts. */
export function problemErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(reply, toProblem(error, request)))
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.retryAfter) reply.header('retry-after', problem.retryAfter)
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ ...problem.body, request_id: reply.request.id })
}

/** What an error means to whoever asked. A bug is logged with its cause and answered without detail. */
export function toProblem(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    return new BadInput({
      errors: error.validation.map(({ instancePath, message }) => ({
        pointer: instancePath === '' ? '/' : instancePath,
        detail: message ?? 'is not right',
      })),
    })
  }
  if (error.statusCode === 429) return new TooManyRequests({ retryAfter: 60 })
  if (error.statusCode === 413) return new MalformedRequest('The body is too large.')
  if (error.statusCode && error.statusCode < 500) return new MalformedRequest()
  if (isDatabaseAway(error)) {
    request.log.error({ err: error }, 'the database is away')
    return new Unavailable({ retryAfter: 5 })
  }
  request.log.error({ err: error }, 'unexpected error')
  return new InternalError()
}

// Connection refused or lost, shutting down, starting up, too many connections, statement cancelled by a timeout:
// https://www.postgresql.org/docs/current/errcodes-appendix.html and pg's own words for a lost connection.
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '57014',
])

function isDatabaseAway(error: FastifyError): boolean {
  return (
    AWAY.has(error.code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  )
}
