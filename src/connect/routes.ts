import formbody from '@fastify/formbody'
import type { FastifyReply } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { pageErrors } from '../lib/pages.ts'
import { type FieldError, Problem } from '../lib/problem.ts'
import { sameOriginOnly } from '../lib/same-origin.ts'
import { signInFor } from '../owners/next.ts'
import { AnotherAccount, connectStore } from '../stores/connect.ts'
import { readKeys } from '../stores/keys.ts'
import { type Asked, type Entry, makeEnter } from './entry.ts'
import { noteConnected } from './just-connected.ts'
import { successPage } from './success.ts'

const text = z.string().max(2_000).default('')
const ConnectQuery = z.object({ store_id: text, return_url: text, ct: text })
const ConnectForm = ConnectQuery.extend({ publishable_key: text, secret_key: text, webhook_secret: text })

type Form = z.infer<typeof ConnectForm>

/** The key-entry form. The store's id alone, which is public, leads to the sign-in and opens nothing. */
export const connectRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  await app.register(formbody, { bodyLimit: 16 * 1024 })
  pageErrors(app)
  app.addHook('onRequest', sameOriginOnly(deps.config.publicUrl))
  const enter = makeEnter(deps)

  app.get('/stripe/connect', { schema: { querystring: ConnectQuery } }, async (request, reply) => {
    const { ct } = request.query
    const entry = await enter(request, reply, request.query)
    return entry ? formPage(deps, reply, entry, { ct }) : refuse(reply, request.query)
  })

  app.post(
    '/stripe/connect',
    { config: { rateLimit: { max: 10, timeWindow: '1 minute' } }, schema: { body: ConnectForm } },
    async (request, reply) => {
      const form = request.body
      const entry = await enter(request, reply, form)
      if (!entry) return refuse(reply, form)
      const read = readKeys(form)
      if ('errors' in read) return formPage(deps, reply, entry, form, { errors: read.errors })
      try {
        await connectStore(deps, entry.store, read.keys, entry.authority)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return formPage(deps, reply, entry, form, { problem: error })
      }
      if (entry.authority.kind === 'link') noteConnected(deps, reply, entry.store.id)
      return reply.redirect(entry.return_url ?? `/stripe/success/${entry.store.id}`, 303)
    },
  )

  app.get(
    '/stripe/success/:store_id',
    { schema: { params: z.object({ store_id: z.string().max(100) }) } },
    async (request, reply) => successPage(deps, request, reply, request.params.store_id),
  )
}

/** A link that does not work says so; without one the way in is the sign-in, whether the store exists or not. */
function refuse(reply: FastifyReply, { store_id, return_url, ct }: Asked): FastifyReply {
  if (ct !== '') return linkPage(reply)
  return reply.redirect(signInAndBack(store_id, return_url), 303)
}

/** The sign-in that leads to the form. */
const signInAndBack = (storeId: string, returnUrl: string | undefined): string => {
  const wanted = new URLSearchParams({ store_id: storeId, ...(returnUrl && { return_url: returnUrl }) })
  return signInFor(`/stripe/connect?${wanted}`)
}

/** One page for every link that does not work: it does not tell which stores exist. */
function linkPage(reply: FastifyReply): FastifyReply {
  const { locale, t } = reply.language(null, 'merchant')
  return reply.page(
    'connect/link',
    { title: t('link.title'), heading: t('link.heading'), text: t('link.text') },
    { locale, status: 403 },
  )
}

function formPage(
  { config }: Deps,
  reply: FastifyReply,
  { store, return_url }: Entry,
  form: Partial<Form>,
  wrong: { errors?: FieldError[]; problem?: Problem } = {},
): FastifyReply {
  const { locale, t } = reply.language(null, 'merchant')
  const { problem } = wrong
  // Chromium applies form-action to the redirect that answers the form, too.
  const back = return_url ? [new URL(return_url).origin] : []
  return reply.page(
    'connect/form',
    {
      title: t('connect.title', { store: store.name }),
      store: { id: store.id, name: store.name },
      return_url,
      ct: form.ct,
      // Only what begins like a publishable key comes back to be mended; a secret is typed again.
      values: { publishable_key: form.publishable_key?.trim().startsWith('pk_') ? form.publishable_key : '' },
      errors: wrong.errors?.map(({ pointer, detail }) => ({ field: pointer.slice(1), detail })) ?? [],
      problem: problem && {
        title: problem.title,
        detail: problem.detail,
        next: problem instanceof AnotherAccount ? signInAndBack(store.id, return_url) : undefined,
      },
      webhook: { shared_url: `${config.publicUrl}/webhook/stripe` },
    },
    { locale, policy: { form: back }, status: problem?.status ?? (wrong.errors ? 422 : 200) },
  )
}
