import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
import { NotFound } from '../lib/problem.ts'
import { type KeptLetter, keptLetters, mailFolder } from './transport.ts'

/** The mailbox of a developer's machine: what would have been sent. Registered outside production only. */
export const devMailRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  pageErrors(app)

  app.get('/dev/mail', async (_request, reply) =>
    reply.page(
      'mail/box',
      { title: 'Mail on this machine', letters: keptLetters(mailFolder(deps.config)).map(shown) },
      { locale: 'en' },
    ),
  )

  // The letter as a mail program shows it: it may style itself, and do nothing else.
  app.get<{ Params: { id: string } }>('/dev/mail/:id', async (request, reply) => {
    const letter = keptLetters(mailFolder(deps.config)).find(({ id }) => id === request.params.id)
    if (!letter) throw new NotFound()
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'",
        'cache-control': 'no-store',
      })
      .send(letter.html)
  })
}

// The text, with its addresses told apart so that the page can make links of them.
const shown = ({ id, at, to, subject, text }: KeptLetter) => ({
  id,
  at,
  to,
  subject,
  parts: text
    .trim()
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map(part => ({ text: part, url: /^https?:/.test(part) })),
})
