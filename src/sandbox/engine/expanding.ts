import { type Books, collectionOf } from './books.ts'
import { invalid } from './refusal.ts'

type Tree = Record<string, unknown>

/**
 * Puts whole objects where an answer has only their ids, along each path (`latest_charge.balance_transaction`,
 * `data.customer`). Copies what it changes: the books keep the ids. Stripe allows four levels.
 */
export function expanded(books: Books, answer: object, paths: string[] | undefined): object {
  if (!paths) return answer
  let tree = answer as Tree
  for (const path of paths) {
    const steps = path.split('.')
    if (steps.length > (steps[0] === 'data' ? 5 : 4)) {
      throw invalid('You cannot expand more than 4 levels of a property.', { param: 'expand' })
    }
    tree = along(books, tree, steps, path)
  }
  return tree
}

function along(books: Books, tree: Tree, steps: string[], path: string): Tree {
  const [step, ...rest] = steps
  if (!step) return tree
  const kind = typeof tree.id === 'string' ? collectionOf(tree.id) : undefined
  const included = kind?.includes?.[step]?.(books, tree as { id: string })
  if (!(step in tree) && included === undefined) {
    if (kind?.optional?.includes(step)) return tree
    throw invalid(
      `This property cannot be expanded (${step}). You may want to try expanding 'data.${path}' instead, or see ` +
        'https://stripe.com/docs/expand for what can be expanded.',
      { param: 'expand' },
    )
  }
  return { ...tree, [step]: deeper(books, included ?? tree[step], rest, path) }
}

function deeper(books: Books, value: unknown, rest: string[], path: string): unknown {
  if (Array.isArray(value)) return value.map(entry => deeper(books, entry, rest, path))
  if (typeof value === 'string') {
    const kind = collectionOf(value)
    const found = kind && books.of(kind).find(value)
    return found ? along(books, found as unknown as Tree, rest, path) : value
  }
  return value && typeof value === 'object' ? along(books, value as Tree, rest, path) : value
}
