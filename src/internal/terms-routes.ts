import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Actor } from '../audit/audit.ts'
import type { TermVerbs } from '../catalog/terms.ts'
import type { Database } from '../db/database.ts'
import { problems } from '../lib/contract.ts'
import { NotFound } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { actorOf, type InternalOptions, PageQuery, StoreParams } from './caller.ts'

type Kind<Input, Row, View> = {
  path: string
  /** As in operation ids, in sentences, and in operation ids of many. */
  nouns: [id: string, words: string, ids: string]
  Id: z.ZodType<string>
  Input: z.ZodType<Input>
  View: z.ZodType<unknown, View>
  save(db: Database, store: Store, id: string, input: Input, actor: Actor): Promise<Row>
  verbs: TermVerbs<Row>
  show(row: Row): object
  named: Parameters<typeof problems>
}

/** The four routes that all kinds of terms have. */
export function termsRoutes<Input, Row, View>(
  plain: FastifyInstance,
  { deps, withStore }: InternalOptions,
  { path, nouns: [id, words, ids], Id, Input, View, save, verbs, show, named }: Kind<Input, Row, View>,
): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()
  const { db } = deps
  const scoped = { config: { scope: 'catalog' as const }, preHandler: withStore }
  const params = StoreParams.extend({ id: Id })
  const one = `/stores/:store_id/${path}/:id`
  const paramsOf = (request: FastifyRequest) => request.params as { id: string }
  const missing = () => new NotFound(`There is no such ${words}.`)

  app.put(
    one,
    {
      ...scoped,
      schema: {
        operationId: `save${id}`,
        summary: `Create or replace a ${words}`,
        description: 'Orders keep the terms they were made under.',
        params,
        body: Input,
        response: { 200: View, ...problems(NotFound, ...named) },
      },
    },
    async request =>
      show(
        await save(db, request.store, paramsOf(request).id, request.body as Input, actorOf(request)),
      ) as never,
  )

  app.get(
    one,
    {
      ...scoped,
      schema: {
        operationId: `get${id}`,
        summary: `Read a ${words}`,
        params,
        response: { 200: View, ...problems(NotFound) },
      },
    },
    async request => {
      const row = await verbs.find(db, request.store, paramsOf(request).id)
      if (!row) throw missing()
      return show(row) as never
    },
  )

  app.get(
    `/stores/:store_id/${path}`,
    {
      ...scoped,
      schema: {
        operationId: `list${ids}`,
        summary: `List the ${words}s`,
        params: StoreParams,
        querystring: PageQuery,
        response: {
          200: z.object({ data: z.array(View), next_cursor: z.string().nullable() }),
          ...problems(NotFound),
        },
      },
    },
    async request => {
      const { data, next_cursor } = await verbs.list(db, request.store, request.query)
      return { data: data.map(show), next_cursor } as never
    },
  )

  app.delete(
    one,
    {
      ...scoped,
      schema: {
        operationId: `delete${id}`,
        summary: `Delete a ${words}`,
        params,
        response: { 204: z.null(), ...problems(NotFound) },
      },
    },
    async (request, reply) => {
      if (!(await verbs.remove(db, request.store, paramsOf(request).id, actorOf(request)))) throw missing()
      return reply.code(204).send(null as never)
    },
  )
}
