import type { Media, OpenApi, Schema } from './openapi.ts'

/** The schema itself, whether it stands here or is named among the components. */
export function resolve({ components }: OpenApi, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const named = components.schemas[schema.$ref.split('/').at(-1)!]
  if (!named) throw new Error(`${schema.$ref} is not a component`)
  return named
}

/** A value that a media type stands for: the example it was given, else one made from its schema. */
export function sampleOf(document: OpenApi, { example, examples, schema }: Media): unknown {
  if (example !== undefined) return example
  const [first] = Object.values(examples ?? {})
  return first === undefined ? sample(document, schema) : first.value
}

/** A value that fits a schema: its own example, or the examples of its parts put together. */
export function sample(document: OpenApi, given: Schema): unknown {
  const schema = resolve(document, given)
  const known = schema.examples?.[0] ?? schema.example ?? schema.const ?? schema.enum?.[0] ?? schema.default
  if (known !== undefined) return known
  const [choice] = schema.anyOf ?? []
  if (choice) return sample(document, choice)
  switch (typeOf(schema)) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, part]) => [name, sample(document, part)]),
      )
    case 'array':
      return schema.items ? [sample(document, schema.items)] : []
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1)
    case 'boolean':
      return true
    case 'string':
      return textOf(schema.format)
    default:
      return null
  }
}

export const typeOf = ({ type }: Schema): string | undefined => (Array.isArray(type) ? type[0] : type)

function textOf(format: string | undefined): string {
  if (format === 'uri') return 'https://shop.example'
  if (format === 'email') return 'owner@shop.example'
  return format === 'date-time' ? '2026-11-21T18:57:13.000Z' : 'text'
}

/** The JSON form of a body. */
export const jsonOf = ({ content }: { content?: Record<string, Media> }): Media =>
  content?.['application/json'] ?? { schema: {} }

export const pretty = (value: unknown): string => JSON.stringify(value, null, 2)
