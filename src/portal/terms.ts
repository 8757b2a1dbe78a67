import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Actor } from '../audit/audit.ts'
import type { TermVerbs } from '../catalog/terms.ts'
import type { Database } from '../db/database.ts'
import type { Deps } from '../deps.ts'
import { BadInput, NotFound } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { type FieldErrors, fieldErrors, readForm, typed } from './forms.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'

/** One line of a list: what it is called, what it says, and whether it holds. */
export type TermRow = { id: string; name: string; more: string; value: string; active: boolean }

/** One kind of terms as its pages need it. */
type Kind<Form extends z.ZodType, Input, Row extends { id: string; active: boolean }> = {
  path: 'shipping' | 'discounts' | 'taxes'
  title: string
  template: string
  Id: z.ZodType<string>
  Form: Form
  /** What the API takes: its own rules hold here too. */
  Input: z.ZodType<Input>
  inputOf(form: z.output<Form>): Record<string, unknown>
  /** The id of a new one. Throws BadInput for one that is taken. */
  newId(db: Database, store: Store, form: z.output<Form>): Promise<string>
  save(db: Database, store: Store, id: string, input: Input, actor: Actor): Promise<Row>
  verbs: TermVerbs<Row>
  /** What a refusal that is no BadInput says at which field. */
  refused?(error: unknown): FieldErrors | undefined
  show(row: Row): TermRow
  valuesOf(row: Row): Record<string, string>
  blank: Record<string, string>
}

/** The pages that all kinds of terms have: a list, a form for a new one and for one that is there, deleting. */
export function termPages<Form extends z.ZodType, Input, Row extends { id: string; active: boolean }>(
  app: FastifyInstance,
  { db }: Deps,
  kind: Kind<Form, Input, Row>,
): void {
  const list = `/pricing/${kind.path}`

  app.get(list, async (request, reply) => {
    const cursor = kind.Id.safeParse((request.query as { cursor?: unknown }).cursor).data
    const { data, next_cursor } = await kind.verbs.list(db, request.store, { cursor })
    return portalPage(request, reply, 'pricing', 'pricing', {
      title: kind.title,
      kind: kind.path,
      terms: data.map(kind.show),
      first: cursor === undefined,
      next_cursor,
    })
  })

  app.get(`${list}/new`, async (request, reply) => formPage(request, reply))
  app.post(`${list}/new`, { config: CHANGES }, async (request, reply) => save(request, reply))
  app.get(`${list}/:id`, async (request, reply) => formPage(request, reply, await known(request)))
  app.post(`${list}/:id`, { config: CHANGES }, async (request, reply) =>
    save(request, reply, await known(request)),
  )
  app.post(`${list}/:id/delete`, { config: CHANGES }, async (request, reply) => {
    const { id } = await known(request)
    await kind.verbs.remove(db, request.store, id, actorOf(request))
    return back(request, reply, list, 'term_deleted')
  })

  async function known(request: FastifyRequest): Promise<Row> {
    const id = kind.Id.safeParse((request.params as { id: string }).id)
    const row = id.success ? await kind.verbs.find(db, request.store, id.data) : undefined
    if (!row) throw new NotFound()
    return row
  }

  async function save(request: FastifyRequest, reply: FastifyReply, before?: Row): Promise<FastifyReply> {
    const read = readForm(kind.Form, request.body)
    if ('errors' in read) return formPage(request, reply, before, read.errors)
    try {
      const input = readInput(kind.Input, kind.inputOf(read.value))
      const id = before?.id ?? (await kind.newId(db, request.store, read.value))
      await kind.save(db, request.store, id, input, actorOf(request))
    } catch (error) {
      return formPage(request, reply, before, kind.refused?.(error) ?? fieldErrors(error))
    }
    return back(request, reply, list, 'term')
  }

  function formPage(request: FastifyRequest, reply: FastifyReply, row?: Row, errors: FieldErrors = {}) {
    const wrong = Object.keys(errors).length > 0
    const shown = row && kind.show(row)
    return portalPage(
      request,
      reply,
      'pricing',
      kind.template,
      {
        title: shown?.name ?? kind.title,
        kind: kind.path,
        term: shown && { id: shown.id, name: shown.name, active: shown.active },
        currency: request.store.currency.toUpperCase(),
        values: wrong ? typed(request.body) : row ? kind.valuesOf(row) : kind.blank,
        errors,
      },
      wrong ? 422 : 200,
    )
  }
}

/** Reads what a form made as the API reads it. Throws BadInput, naming the fields. */
function readInput<Input>(schema: z.ZodType<Input>, input: unknown): Input {
  const read = schema.safeParse(input)
  if (read.success) return read.data
  const errors = read.error.issues.map(({ path, message }) => ({
    pointer: `/${String(path[0] ?? '')}`,
    detail: message,
  }))
  throw new BadInput({ errors: errors.reverse() })
}
