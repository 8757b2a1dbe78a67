import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type NamedProblem, problemType } from './problem.ts'

/** What a route promises beside its own schemas: the noun it belongs to, and the problems it may answer. */

export const PROBLEM_JSON = 'application/problem+json'

const ProblemView = z
  .object({
    type: z.string().meta({ description: 'Names the problem: what a program looks at' }),
    title: z.string().meta({ description: 'The same for people' }),
    status: z.int(),
    detail: z.string().optional().meta({ description: 'What it means here' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().meta({ description: 'JSON pointer into what was sent', examples: ['/name'] }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Each thing that is wrong with the input' }),
    request_id: z.string().meta({ description: 'Finds this answer in our log' }),
  })
  .meta({ id: 'Problem', description: 'Why a request was refused (RFC 9457)' })

export type Refusal = {
  named: NamedProblem[]
  description: string
  content: Record<string, { schema: typeof ProblemView; examples: Record<string, object> }>
}

/**
 * The problems of a route, ready to stand among its `response` schemas: one entry for each status. They are thrown
 * and never returned, so a handler's type knows nothing of them.
 */
export const problems: (...named: NamedProblem[]) => Record<never, never> = refusals

export function refusals(...named: NamedProblem[]): Record<string, Refusal> {
  const byStatus = Map.groupBy(new Set(named), ({ kind }) => kind.status)
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, refusal(same)]))
}

function refusal(named: NamedProblem[]): Refusal {
  const examples = named.map(({ kind: { type, status, title } }) => [
    type,
    {
      summary: title,
      value: { type: problemType(type), title, status, request_id: '0b7c2f5e-3a43-4c5e-9a53-2c8f1d0a7e11' },
    },
  ])
  return {
    named,
    description: named.map(({ kind }) => kind.title).join(', or: '),
    content: { [PROBLEM_JSON]: { schema: ProblemView, examples: Object.fromEntries(examples) } },
  }
}

/** Puts the routes of a scope under a noun of the API reference. Routes that end up without one are not in it. */
export function underNoun(app: FastifyInstance, noun: string): void {
  app.addHook('onRoute', route => {
    route.schema = { tags: [noun], ...route.schema }
  })
}
