import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { ABSOLUTE_DAYS, endSession, findSession, type OwnerSession, openSession } from './sessions.ts'
import { CODE_MINUTES } from './sign-in.ts'

/**
 * The two cookies of an owner's browser. Over https their names begin with `__Host-`, so that no other host, not
 * even a sibling, can set them; a developer's plain http cannot have that.
 */
export function ownerCookies({ config, db }: Deps) {
  const secure = config.publicUrl.startsWith('https://')
  const prefix = secure ? '__Host-' : ''
  const names = { session: `${prefix}owntill_session`, browser: `${prefix}owntill_browser` }
  // Lax: the session is there when a link in a mail or on a partner's page leads here, never for a foreign form.
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  const read = (request: FastifyRequest, name: string) => {
    const value = request.cookies[name]
    return value && /^[\w-]{43}$/.test(value) ? value : undefined
  }

  /** Who is signed in here, if anybody. */
  async function owner(request: FastifyRequest, reply: FastifyReply): Promise<OwnerSession | undefined> {
    const token = read(request, names.session)
    const found = token ? await findSession(db, token) : undefined
    if (found?.token) setSession(reply, found.token)
    return found?.session
  }

  function setSession(reply: FastifyReply, token: string): void {
    reply.setCookie(names.session, token, { ...options, maxAge: ABSOLUTE_DAYS * 86_400 })
  }

  return {
    owner,

    /** Signs in: always with a new id, whatever the browser brought; the session it had ends. */
    async signIn(request: FastifyRequest, reply: FastifyReply, email: string, storeId: string | null) {
      const before = await owner(request, reply)
      if (before) await endSession(db, before)
      setSession(reply, await openSession(db, email, storeId))
      reply.clearCookie(names.browser, options)
    },

    signOut: (reply: FastifyReply) => reply.clearCookie(names.session, options),

    /** The secret of the browser that asked for a code. */
    browser: (request: FastifyRequest) => read(request, names.browser),

    setBrowser: (reply: FastifyReply, token: string) =>
      reply.setCookie(names.browser, token, { ...options, maxAge: CODE_MINUTES * 60 }),
  }
}
