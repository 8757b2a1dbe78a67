import type { FastifyPluginAsync } from 'fastify'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
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
