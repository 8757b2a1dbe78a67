import type { FastifyReply } from 'fastify'
import type { Books, Collection } from '../engine/books.ts'
import { alone, type Context, type World } from '../engine/world.ts'
import { layout } from './views/layout.ts'
import { noticePage } from './views/onboarding.ts'

type LayoutOptions = Parameters<typeof layout>[0]

// The hosted pages take the shopper back to wherever the merchant said, so form-action is open.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https: http:; connect-src 'self'; " +
  "frame-src 'self'; base-uri 'none'"

/** Sends a page with the headers that all of the sandbox's pages carry. */
export function sendPage(reply: FastifyReply, page: LayoutOptions, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .send(layout(page))
}

/** Tells a person that there is nothing at this address. */
export const sendMissing = (reply: FastifyReply, what: string): FastifyReply =>
  sendPage(
    reply,
    {
      kind: 'hosted',
      title: 'Not found',
      body: noticePage('Not found', `The sandbox knows no such ${what}.`),
    },
    404,
  )

/** The object with this id in whichever account's books it stands, and the context to act on it. */
export function held<T extends { id: string }, Note>(
  world: World,
  kind: Collection<T, Note>,
  id: string,
): { object: T; books: Books; context: Context } | undefined {
  const books = world.holding(kind, id)
  const object = books?.of(kind).find(id)
  return books && object && { object, books, context: alone(world, books) }
}
