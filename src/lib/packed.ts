import { createHash } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Something that is the same for everybody, in every form in which browsers take it. */
export type Packed = { type: string; etag: string; plain: Buffer; br: Buffer; gzip: Buffer }

/** Compresses once what is sent often. Not for pages: they hold secrets beside what somebody else may have written. */
export function packed(content: string | Buffer, type: string): Packed {
  // Weak: the same for all the forms.
  const etag = `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 16)}"`
  return { type, etag, plain: Buffer.from(content), br: brotliCompressSync(content), gzip: gzipSync(content) }
}

/** Sends the smallest form that the browser takes, or that it has the thing already. */
export function sendPacked(
  request: FastifyRequest,
  reply: FastifyReply,
  { type, etag, plain, ...encoded }: Packed,
): FastifyReply {
  reply.headers({ etag, 'content-type': type, vary: 'accept-encoding' })
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send()
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = (['br', 'gzip'] as const).find(name => new RegExp(`\\b${name}\\b(?!;q=0)`).test(accepted))
  if (!encoding) return reply.send(plain)
  return reply.header('content-encoding', encoding).send(encoded[encoding])
}
