import type { OpenApi, Schema } from './openapi.ts'
import { resolve } from './sample.ts'

export type Field = {
  name: string
  type: string
  required: boolean
  description: string | undefined
  /** What else is known of its values: limits, choices, a default. */
  rules: string[]
  fields: Field[]
}

/** The fields of an object, or of the objects of a list; none for anything else. */
export function fieldsOf(document: OpenApi, given: Schema): Field[] {
  const schema = resolve(document, given)
  if (schema.items) return fieldsOf(document, schema.items)
  const choices = schema.anyOf?.map(choice => resolve(document, choice)) ?? [schema]
  const objects = choices.map(choice => choice.items ?? choice).filter(({ properties }) => properties)
  const properties = Object.assign({}, ...objects.map(({ properties }) => properties)) as Record<
    string,
    Schema
  >
  return Object.entries(properties).map(([name, part]) =>
    fieldOf(
      document,
      name,
      part,
      objects.every(({ required }) => required?.includes(name)),
    ),
  )
}

export function fieldOf(document: OpenApi, name: string, given: Schema, required: boolean): Field {
  const schema = resolve(document, given)
  return {
    name,
    required,
    type: typeName(document, schema),
    description: given.description ?? schema.description,
    rules: choicesOf(schema).flatMap(rulesOf),
    fields: fieldsOf(document, schema),
  }
}

const choicesOf = (schema: Schema): Schema[] => (schema.anyOf ? [schema, ...schema.anyOf] : [schema])

function typeName(document: OpenApi, given: Schema): string {
  const schema = resolve(document, given)
  if (schema.anyOf) return [...new Set(schema.anyOf.map(choice => typeName(document, choice)))].join(' or ')
  if (schema.items) return `list of ${typeName(document, schema.items)}s`
  if (schema.format === 'uri') return 'URL'
  if (schema.format === 'date-time') return 'time'
  if (schema.format === 'uuid') return 'UUID'
  if (schema.format === 'email') return 'e-mail address'
  return [schema.type ?? typeof schema.const].flat().join(' or ')
}

function rulesOf({ enum: choices, const: only, ...schema }: Schema): string[] {
  const said = (value: unknown) => `\`${JSON.stringify(value)}\``
  const { minimum, maximum, maxLength, minItems, maxItems, default: standard } = schema
  return [
    choices && `one of ${choices.map(said).join(', ')}`,
    only !== undefined && `always ${said(only)}`,
    range(minimum, maximum),
    range(undefined, maxLength, ' characters'),
    range(minItems, maxItems, ' entries'),
    standard !== undefined && `${said(standard)} if left out`,
  ].filter(rule => typeof rule === 'string')
}

/** "1 to 100 entries"; the ends of what a number can hold are no limits. */
function range(least: number | undefined, most: number | undefined, unit = ''): string | undefined {
  const low = least === undefined || least === Number.MIN_SAFE_INTEGER ? undefined : least
  const high = most === undefined || most === Number.MAX_SAFE_INTEGER ? undefined : most
  if (low !== undefined && high !== undefined) return `${low} to ${high}${unit}`
  if (low !== undefined) return `at least ${low}${unit}`
  return high === undefined ? undefined : `at most ${high}${unit}`
}
