import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { placeOf } from './page.ts'

/**
 * A part of a page as it is now, for the script that keeps it up to date (public/live.js): the same template draws
 * it, and whoever has this very state already is answered 304.
 */
export async function livePart(
  request: FastifyRequest,
  reply: FastifyReply,
  template: string,
  model: Record<string, unknown>,
): Promise<FastifyReply> {
  const common = { ...reply.language('en'), ...placeOf(request) }
  const html = await reply.viewAsync(`portal/${template}`, { ...common, ...model })
  const etag = `"${createHash('sha256').update(html).digest('base64url')}"`
  reply.headers({ etag, 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' })
  return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.send(html)
}
