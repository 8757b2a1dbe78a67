import { PROBLEM_JSON } from '../lib/contract.ts'
import { curlOf } from './curl.ts'
import { type Field, fieldOf, fieldsOf } from './fields.ts'
import type { OpenApi, Operation } from './openapi.ts'
import { type Payload, payloadsOf } from './payloads.ts'
import { jsonOf, pretty, sampleOf } from './sample.ts'

/** A problem as the reference lists it; `id` is the last part of its type. */
type ProblemEntry = { id: string; type: string; status: number; title: string }

/** What a call answers when all is well; `json` is an example. */
type Answer = { status: string; json: string | undefined; fields: Field[] }

type Section = {
  id: string
  method: string
  path: string
  summary: string
  description: string | undefined
  access: 'partner' | 'stripe' | 'anyone'
  scope: string | undefined
  inputs: { heading: string; fields: Field[] }[]
  curl: string
  answers: Answer[]
  problems: ProblemEntry[]
}

type Reference = {
  description: string
  nouns: { id: string; name: string; description: string; sections: Section[]; payloads: Payload[] }[]
  problems: ProblemEntry[]
}

/** The OpenAPI document in the order and the words in which people read it. */
export function referenceOf(document: OpenApi): Reference {
  const sections = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      noun: operation.tags[0],
      section: sectionOf(document, method.toUpperCase(), path, operation),
    })),
  )
  const nouns = document.tags.map(({ name, description }) => ({
    id: name.toLowerCase().replaceAll(' ', '-'),
    name,
    description,
    sections: sections.filter(({ noun }) => noun === name).map(({ section }) => section),
    payloads: name === 'Notifications' ? payloadsOf(document) : [],
  }))
  const problems = new Map(
    sections.flatMap(({ section }) => section.problems.map(entry => [entry.id, entry])),
  )
  return {
    description: document.info.description ?? '',
    nouns: nouns.filter(noun => noun.sections.length > 0),
    problems: [...problems.values()].sort((a, b) => a.status - b.status || a.id.localeCompare(b.id)),
  }
}

function sectionOf(document: OpenApi, method: string, path: string, operation: Operation): Section {
  const { operationId: id, summary, description, security, requestBody, responses } = operation
  const [scheme, scopes] = Object.entries(security?.[0] ?? {})[0] ?? []
  const parameters = (place: 'path' | 'query') =>
    (operation.parameters ?? [])
      .filter(parameter => parameter.in === place)
      .map(({ name, required, description, schema }) =>
        fieldOf(document, name, description ? { ...schema, description } : schema, required),
      )
  const inputs = [
    { heading: 'In the path', fields: parameters('path') },
    { heading: 'In the query', fields: parameters('query') },
    { heading: 'In the body', fields: requestBody ? fieldsOf(document, jsonOf(requestBody).schema) : [] },
  ]
  return {
    id,
    method,
    path,
    summary,
    description,
    access: (scheme as 'partner' | 'stripe' | undefined) ?? 'anyone',
    scope: scopes?.[0],
    inputs: inputs.filter(({ fields }) => fields.length > 0),
    curl: curlOf(document, method, path, operation),
    answers: answersOf(document, responses),
    problems: Object.entries(responses).flatMap(([status, { content }]) =>
      Object.entries(content?.[PROBLEM_JSON]?.examples ?? {}).map(([id, { value }]) => ({
        id,
        status: Number(status),
        ...(value as { type: string; title: string }),
      })),
    ),
  }
}

/** Statuses that come with the same body are one answer. */
function answersOf(document: OpenApi, responses: Operation['responses']): Answer[] {
  const good = Object.entries(responses).filter(([, { content }]) => !content?.[PROBLEM_JSON])
  const same = Map.groupBy(good, ([, { content }]) => JSON.stringify(content))
  return [...same.values()].map(alike => {
    const status = alike.map(([code]) => code).join(' or ')
    const [[, answer] = ['', { description: '' }]] = alike
    if (!answer.content) return { status, json: undefined, fields: [] }
    const media = jsonOf(answer)
    return { status, json: pretty(sampleOf(document, media)), fields: fieldsOf(document, media.schema) }
  })
}
