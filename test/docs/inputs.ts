import fc from 'fast-check'
import type { OpenApi, Operation, Schema } from '../../src/docs/openapi.ts'
import { jsonOf, resolve, typeOf } from '../../src/docs/sample.ts'

// What breaks programs that trust their input.
const NASTY = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '😀'.repeat(200),
  'x'.repeat(300),
  '../..',
  '%',
  '%00',
].concat(
  "'; drop table orders; --",
  '__proto__',
  'null',
  'NaN',
  '-1',
  '1e400',
  '{{7*7}}',
  '<script>',
  '0'.repeat(40),
)

const text = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 60 }))
const anything = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>)

export type AnyRequest = {
  params: Record<string, string | undefined>
  query: Record<string, string>
  body: unknown
  contentType: string
}

/** Requests for an operation, from nearly right to nonsense. A parameter that is undefined stays a good one. */
export function anyRequest(document: OpenApi, operation: Operation): fc.Arbitrary<AnyRequest> {
  const { parameters = [], requestBody } = operation
  const values = (place: 'path' | 'query') => parameters.filter(parameter => parameter.in === place)
  const body = requestBody ? near(document, jsonOf(requestBody).schema) : fc.constant(undefined)
  return fc.record({
    params: fc.record(
      Object.fromEntries(
        values('path').map(({ name }) => [
          name,
          fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, fc.uuid(), text),
        ]),
      ),
    ),
    query: fc.record(
      Object.fromEntries(
        values('query').map(({ name, schema }) => [name, fc.oneof(near(document, schema).map(asText), text)]),
      ),
      { requiredKeys: [] },
    ) as fc.Arbitrary<Record<string, string>>,
    body: fc.oneof({ weight: 6, arbitrary: body }, anything),
    contentType: fc.oneof(
      { weight: 12, arbitrary: fc.constant('application/json') },
      fc.constantFrom(
        'text/plain',
        'application/x-www-form-urlencoded',
        'application/json; charset=utf-16',
        '',
      ),
    ),
  })
}

// An object with a `toString` of its own is no text by itself.
const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

/** Values that mostly fit a schema, and here and there do not. */
function near(document: OpenApi, given: Schema): fc.Arbitrary<unknown> {
  const schema = resolve(document, given)
  return fc.oneof({ weight: 8, arbitrary: fitting(document, schema) }, { weight: 1, arbitrary: anything })
}

function fitting(document: OpenApi, schema: Schema): fc.Arbitrary<unknown> {
  const known = [schema.examples ?? [], schema.enum ?? [], schema.const ?? []].flat()
  if (known.length > 0) return fc.constantFrom(...known)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(choice => near(document, choice)))
  const { minimum = -10, maximum = 100_000_000 } = schema
  switch (typeOf(schema)) {
    case 'object':
      if (typeof schema.additionalProperties === 'object') {
        return fc.dictionary(text, near(document, schema.additionalProperties), { maxKeys: 3 })
      }
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, part]) => [name, near(document, part)]),
        ),
        { requiredKeys: schema.required ?? [] },
      )
    case 'array':
      return fc.array(near(document, schema.items ?? {}), { maxLength: 3 })
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 53 - 1) }), fc.double())
    case 'boolean':
      return fc.boolean()
    case 'string':
      return textOf(schema.format)
    default:
      return anything
  }
}

function textOf(format: string | undefined): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'email') return fc.emailAddress()
  if (format !== 'uri') return text
  return fc
    .tuple(fc.constantFrom('https://shop.example/', 'javascript:', '//', ''), text)
    .map(parts => parts.join(''))
}
