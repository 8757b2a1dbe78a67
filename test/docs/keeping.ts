import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { OpenApi, Operation } from '../../src/docs/openapi.ts'

export type Call = { path: string; method: string; operation: Operation }

export const callsOf = (document: OpenApi): Call[] =>
  Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ path, method, operation })),
  )

type Answer = { statusCode: number; headers: Record<string, unknown>; body: string }

/** Holds answers against the document: says what is wrong with one, or nothing. */
export function keeper(document: OpenApi) {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  ajv.addSchema(document as object, 'document')

  return function complaintsAbout({ path, method, operation }: Call, answer: Answer): string[] {
    const { statusCode, body } = answer
    const declared = operation.responses[statusCode]
    if (!declared) return [`${statusCode} is not declared: ${body}`]
    if (statusCode >= 500) return [`${statusCode}: ${body}`]
    if (!declared.content) return body === '' ? [] : [`${statusCode} has no body, and yet: ${body}`]
    const type = String(answer.headers['content-type']).split(';')[0]!
    const media = declared.content[type]
    if (!media) return [`${type} is not declared for ${statusCode}`]
    const place = ['paths', path, method, 'responses', statusCode, 'content', type, 'schema']
    const pointer = place.map(part =>
      encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')),
    )
    const fits = ajv.getSchema(`document#/${pointer.join('/')}`)
    if (!fits) return [`no schema at ${pointer.join('/')}`]
    const value = JSON.parse(body)
    const wrong = fits(value)
      ? []
      : (fits.errors ?? []).map(error => `${error.instancePath} ${error.message}`)
    const named = Object.values(media.examples ?? {}).map(example => (example.value as { type: string }).type)
    if (type === 'application/problem+json' && !named.includes(value.type)) {
      wrong.push(`${value.type} is not declared for ${statusCode}`)
    }
    return wrong
  }
}
