import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { localPath, signInFor } from '../owners/next.ts'
import { ownerCookies } from '../owners/request.ts'
import {
  type AskedSignIn,
  askedSignIn,
  finishSignIn,
  type SignInResult,
  startSignIn,
  TooManyCodes,
} from '../owners/sign-in.ts'

const Next = z.object({ next: z.string().max(8_000).optional().catch(undefined) })
const EmailForm = Next.extend({ email: z.string().max(500).default('') })
const CodeForm = z.object({ code: z.string().max(100).default('') })

const Email = z.email().max(254)
const limited = { rateLimit: { max: 20, timeWindow: '1 minute' } }

/** Signing in by a code that is sent to the owner's address. Nothing here tells whether an address is known. */
export const signInRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  const cookies = ownerCookies(deps)
  // Where a developer reads the mail that is not sent.
  const mailbox = deps.config.mail ? undefined : '/dev/mail'
  const pathOf = (next: string | null | undefined) => localPath(next ?? undefined, deps.config.publicUrl)

  app.get('/portal/sign-in', { schema: { querystring: Next } }, async (request, reply) => {
    const owner = await cookies.owner(request, reply)
    const next = pathOf(request.query.next)
    // Whoever is signed in and was sent here may not open what they wanted, or it does not exist: all alike.
    if (owner && !next) return reply.redirect('/portal', 303)
    return emailPage(reply, { next, signed_in_as: owner?.email })
  })

  app.post('/portal/sign-in', { config: limited, schema: { body: EmailForm } }, async (request, reply) => {
    const next = pathOf(request.body.next)
    const typed = request.body.email.trim()
    const email = Email.safeParse(typed)
    if (!email.success) {
      const error = 'This does not look like an e-mail address. Example: name@example.com'
      return emailPage(reply, { next, email: typed, error }, 422)
    }
    try {
      cookies.setBrowser(reply, await startSignIn(deps, email.data, next))
    } catch (error) {
      if (!(error instanceof TooManyCodes)) throw error
      const text = 'Too many codes were asked for with this address. Please wait 15 minutes, then try again.'
      return emailPage(
        reply.header('retry-after', error.retryAfter),
        { next, email: typed, error: text },
        429,
      )
    }
    return reply.redirect('/portal/sign-in/code', 303)
  })

  app.get('/portal/sign-in/code', async (request, reply) => {
    const asked = await askedIn(request)
    return asked?.usable ? codePage(reply, asked) : reply.redirect(signInFor(asked?.next), 303)
  })

  app.post(
    '/portal/sign-in/code',
    { config: limited, schema: { body: CodeForm } },
    async (request, reply) => {
      const browser = cookies.browser(request)
      const asked = await askedIn(request)
      const result: SignInResult =
        browser && asked ? await finishSignIn(deps, browser, request.body.code) : { kind: 'over' }
      if (result.kind === 'signed_in') {
        await cookies.signIn(request, reply, result.email, null)
        return reply.redirect(pathOf(result.next) ?? '/portal', 303)
      }
      if (asked && result.kind === 'wrong_code') {
        const left = result.tries_left === 1 ? 'One try is left' : `${result.tries_left} tries are left`
        return codePage(reply, asked, `This is not the code. ${left}.`)
      }
      const problem =
        'A code works once, for ten minutes, five tries, and in the browser that asked for it. Ask for a new one.'
      return emailPage(reply, { next: pathOf(asked?.next), problem }, 422)
    },
  )

  async function askedIn(request: FastifyRequest): Promise<AskedSignIn | undefined> {
    const browser = cookies.browser(request)
    return browser ? askedSignIn(deps, browser) : undefined
  }

  function emailPage(reply: FastifyReply, model: Record<string, unknown>, status = 200): FastifyReply {
    const page = { title: 'Sign in', mailbox, ...model }
    return reply.page('portal/sign-in', page, { locale: 'en', status })
  }

  function codePage(reply: FastifyReply, { email, next }: AskedSignIn, error?: string): FastifyReply {
    const page = { title: 'Enter your code', email, again: signInFor(next), error, mailbox }
    return reply.page('portal/code', page, { locale: 'en', status: error ? 422 : 200 })
  }
}
