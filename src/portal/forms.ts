import { z } from 'zod'
import { BadInput } from '../lib/problem.ts'

/** What is wrong, by the name of the field. */
export type FieldErrors = Record<string, string>

/** Reads a form: its values, or what to say at which field. */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { value: z.output<Schema> } | { errors: FieldErrors } {
  const read = schema.safeParse(body ?? {})
  if (read.success) return { value: read.data }
  const issues = read.error.issues.map(({ path, message }) => [String(path[0] ?? ''), message] as const)
  // The first problem of a field is the one to mend first.
  return { errors: Object.fromEntries(issues.reverse()) }
}

/** A decimal number, with a point or, as many people write it, a comma. */
export const Decimal = z
  .string()
  .transform(text => text.replace(',', '.'))
  .pipe(z.string().regex(/^\d{1,12}(\.\d{1,3})?$/))

/** How many there are of something. */
export const Whole = z
  .string()
  .regex(/^\d{1,10}$/)
  .transform(Number)
  .pipe(z.int().max(1_000_000_000))

/** A box: one that is not ticked is not sent at all. */
export const ticked = z
  .literal('on')
  .optional()
  .transform(value => value === 'on')

/** What a verb refused, by the name of the field; anything but BadInput is thrown again. */
export function fieldErrors(error: unknown): FieldErrors {
  if (!(error instanceof BadInput) || !error.errors) throw error
  return Object.fromEntries(
    error.errors.map(({ pointer, detail }) => [pointer.split('/')[1] ?? '', `This ${detail}.`]),
  )
}

/** The texts that were typed, to be shown again beside what is wrong with them. */
export const typed = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  )

/** A field that may stay empty, which is null; anything else must be as `schema` says, or `wrong` is said. */
export const optional = <Value>(schema: z.ZodType<Value, string>, wrong: string) =>
  z
    .string()
    .trim()
    .transform((text, context) => (text === '' ? null : check(schema, text, wrong, context)))

/** A field with a value on each line. */
export const lines = <Value>(schema: z.ZodType<Value, string>, wrong: string) =>
  z.string().transform((text, context) =>
    text
      .split(/\s+/)
      .filter(Boolean)
      .map(line => check(schema, line, wrong, context)),
  )

function check<Value>(
  schema: z.ZodType<Value, string>,
  text: string,
  wrong: string,
  context: z.RefinementCtx,
): Value {
  const read = schema.safeParse(text)
  if (read.success) return read.data
  context.issues.push({ code: 'custom', message: wrong, input: text })
  return z.NEVER
}
