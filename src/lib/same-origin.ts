import type { FastifyRequest } from 'fastify'
import { problem } from './problem.ts'

export const ForeignOrigin = problem('foreign-origin', 403, 'The request did not come from our own page')

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A hook for page routes: an unsafe request must come from a page of ours. Browsers always send Origin with it,
 * and other sites cannot choose what it says; a request without one was not sent by a page. Throws ForeignOrigin.
 */
export function sameOriginOnly(publicUrl: string) {
  return async function checkOrigin(request: FastifyRequest): Promise<void> {
    if (!SAFE.has(request.method) && request.headers.origin !== publicUrl) throw new ForeignOrigin()
  }
}
