import { z } from 'zod'
import { VariantId, type VariantInput } from '../catalog/schemas.ts'
import type { Product, Variant } from '../catalog/table.ts'
import { toDecimal } from '../lib/money.ts'
import { line } from '../lib/wire.ts'
import { Decimal, type FieldErrors, optional, readForm, ticked, Whole } from './forms.ts'
import { freeId } from './free-id.ts'

/** Rows for variants that are not there yet: whoever needs more saves and gets as many again. */
const SPARE = 3

const TEXTS = ['id', 'name', 'price', 'stock'] as const
const fieldOf = (row: number, field: string) => `variant_${row}_${field}`

const Row = z.object({
  id: optional(VariantId, 'Up to 100 letters, digits, and . _ : -'),
  name: z.string().trim().min(1, 'Give it a name.').pipe(line(100)),
  price: optional(Decimal, 'Write the price as a number, such as 12.99.'),
  stock: optional(Whole, 'Write how many there are, such as 12.'),
  active: ticked,
})

/** What was typed of the variants, each with the row it stands in. */
type TypedVariants = { rows: number[]; variants: VariantInput[] }

/**
 * Reads the rows of variants: undefined when the form has none, which leaves them as they are. What the form does not
 * show of a variant (options, picture) stays; so does a stock that was not touched, however much was sold meanwhile.
 */
export async function readVariants(
  body: unknown,
  before: readonly Variant[],
): Promise<{ value: TypedVariants | undefined } | { errors: FieldErrors }> {
  const fields = (body ?? {}) as Record<string, unknown>
  const rows = rowsOf(fields)
  if (rows.length === 0) return { value: undefined }
  const errors: FieldErrors = {}
  const read = rows.flatMap(row => {
    const at = (field: string) => fields[fieldOf(row, field)]
    const texts = TEXTS.map(field => [field, at(field) ?? ''] as const)
    if (texts.every(([, text]) => String(text).trim() === '') || at('remove') === 'on') return []
    const typed = { ...Object.fromEntries(texts), active: at('active') }
    const { errors: wrong, value } = { errors: undefined, value: undefined, ...readForm(Row, typed) }
    for (const [field, text] of Object.entries(wrong ?? {})) errors[fieldOf(row, field)] = text
    return value ? [{ row, value, touched: at('stock') !== at('stock_was') }] : []
  })
  const used = new Set<string>()
  for (const { row, value } of read) {
    if (value.id && used.has(value.id)) errors[fieldOf(row, 'id')] = 'Another variant has this id.'
    if (value.id) used.add(value.id)
  }
  if (read.length > 100) errors.variants = 'A product has at most 100 variants.'
  if (Object.keys(errors).length > 0) return { errors }
  const variants: VariantInput[] = []
  for (const { value, touched } of read) {
    const { name, price, stock, active } = value
    const id = value.id ?? (await freeId('variant', name, async taken => used.has(taken)))
    used.add(id)
    const kept = before.find(variant => variant.id === id)
    const rest = { options: kept?.options ?? {}, image_url: kept?.image_url ?? null }
    variants.push({ id, name, price, active, ...rest, ...((touched || !kept) && { stock }) })
  }
  return { value: { rows: read.map(({ row }) => row), variants } }
}

/** The rows that a form sent, in their order. */
const rowsOf = (fields: Record<string, unknown>): number[] =>
  Object.keys(fields)
    .flatMap(name => /^variant_(\d{1,3})_name$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)

/** What the catalogue refused of the variants, at the rows it was typed in. */
export const atRows = (errors: [pointer: string, text: string][], rows: readonly number[]): FieldErrors =>
  Object.fromEntries(
    errors.map(([pointer, text]) => {
      const [, root = '', index, field] = pointer.split('/')
      return [root === 'variants' && field ? fieldOf(rows[Number(index)] ?? 0, field) : root, text]
    }),
  )

/** The texts of a product's variants as the form shows them. */
export const variantValues = ({ variants, currency }: Product): Record<string, string> =>
  Object.fromEntries(
    variants.flatMap(({ id, name, price, stock, active }, row) => [
      [fieldOf(row, 'id'), id],
      [fieldOf(row, 'name'), name],
      [fieldOf(row, 'price'), price === null ? '' : toDecimal({ amount: price, currency })],
      [fieldOf(row, 'stock'), stock === null ? '' : String(stock)],
      [fieldOf(row, 'active'), active ? 'on' : ''],
    ]),
  )

/** The rows to draw: those of the variants that are there, and some to add more. */
export function variantRows(before: readonly Variant[], values: Record<string, string>) {
  const count = Math.max(before.length + SPARE, (rowsOf(values).at(-1) ?? -1) + 1)
  return Array.from({ length: count }, (_, row) => ({
    prefix: `variant_${row}`,
    number: row + 1,
    // The id of what is there stays: it is what carts and orders name.
    known: row < before.length,
    was: before[row]?.stock?.toString() ?? '',
  }))
}
