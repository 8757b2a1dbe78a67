import type { FastifyReply } from 'fastify'
import { type Answer, send } from './answer.ts'
import type { Fault } from './faults.ts'
import type { World } from './world.ts'

/** Lets the fault strike: the work is done (`act`), but the caller hears of it late, in half or not at all. */
export async function misbehave(
  world: World,
  fault: Fault,
  reply: FastifyReply,
  act: () => Answer,
): Promise<FastifyReply> {
  if (fault.ms > 0) await new Promise<void>(resolve => world.later(fault.ms, resolve))
  const answer = act()
  if (fault.kind === 'lost_answer') return cut(reply)
  if (fault.kind !== 'half_body') return send(reply, answer)
  const body = Buffer.from(answer.body)
  reply.hijack()
  reply.raw.writeHead(answer.status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'request-id': answer.request,
  })
  reply.raw.write(body.subarray(0, body.length / 2), () => reply.raw.destroy())
  return reply
}

/** Cuts the connection without a word. */
export function cut(reply: FastifyReply): FastifyReply {
  reply.hijack()
  reply.raw.socket?.resetAndDestroy()
  return reply
}
