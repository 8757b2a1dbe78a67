import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A field of an object as stripe-node declares it. */
export type Field = { name: string; type: string; doc: string; optional: boolean }

/** Every declaration by its full name (`Charge`, `Charge.TransferData`): an interface's fields, or what it stands for. */
export type Declarations = { interfaces: Map<string, Field[]>; aliases: Map<string, string> }

const RESOURCES = fileURLToPath(new URL('../../node_modules/stripe/esm/resources/', import.meta.url))

// The parts of the API that have namespaces of their own: `Checkout/Sessions.d.ts` declares `Checkout.Session`.
// v2 speaks another dialect and sends no objects in its events.
const SKIPPED = /^(V2|TestHelpers)\//

/** Reads what stripe-node says of every object of Stripe's v1 API. */
export function readDeclarations(): Declarations {
  const found: Declarations = { interfaces: new Map(), aliases: new Map() }
  const files = readdirSync(RESOURCES, { recursive: true, encoding: 'utf8' })
  for (const file of files.sort()) {
    if (!file.endsWith('.d.ts') || file.endsWith('index.d.ts') || SKIPPED.test(file)) continue
    const folder = file.includes('/') ? `${file.split('/')[0]}.` : ''
    read(readFileSync(RESOURCES + file, 'utf8'), folder, found)
  }
  return found
}

/** What stripe-node's declarations consist of, line by line: its own generator writes them all alike. */
function read(text: string, folder: string, { interfaces, aliases }: Declarations): void {
  const open: { kind: 'namespace' | 'interface' | 'other'; name: string }[] = []
  let doc: string[] = []
  const inside = () =>
    folder +
    open
      .filter(({ kind }) => kind === 'namespace')
      .map(({ name }) => `${name}.`)
      .join('')

  for (const line of text.split('\n').map(one => one.trim())) {
    if (/^\/?\*/.test(line)) {
      if (line.startsWith('/**')) doc = []
      doc.push(line.replace(/^\/?\*+\/?\s*|\*\/$/g, ''))
      continue
    }
    const at = open.at(-1)
    const started = /^(?:export )?(?:declare )?(namespace|interface|class) (\w+).*\{(\})?$/.exec(line)
    const alias = /^(?:export )?(?:declare )?type (\w+) = (.*);$/.exec(line)
    const field = /^'?([\w-]+)'?(\?)?: (.*);$/.exec(line)
    if (started) {
      const [, kind, name, ended] = started
      if (kind === 'interface') interfaces.set(inside() + name, [])
      if (!ended) open.push({ kind: kind === 'class' ? 'other' : (kind as 'namespace'), name: name! })
    } else if (/^\}/.test(line)) open.pop()
    else if (line.endsWith('{')) open.push({ kind: 'other', name: '' })
    else if (alias) aliases.set(inside() + alias[1], alias[2]!)
    else if (field && at?.kind === 'interface') {
      const [, name, optional, type] = field
      interfaces
        .get(inside() + at.name)!
        .push({ name: name!, type: type!, doc: doc.join(' ').trim(), optional: optional !== undefined })
    }
    doc = []
  }
}

/** The full name that `name` has where it is used: the nearest enclosing scope that declares it. */
export function resolve(
  { interfaces, aliases }: Declarations,
  name: string,
  from: string,
): string | undefined {
  const scopes = from.split('.')
  for (let depth = scopes.length; depth >= 0; depth -= 1) {
    const full = [...scopes.slice(0, depth), name].join('.')
    if (interfaces.has(full) || aliases.has(full)) return full
  }
  return undefined
}

/** What may stand in a place: the members of a union, `null` and `undefined` left out. */
export const alternatives = (type: string): string[] =>
  type
    .split(/ \| (?![^<({]*[>)}])/)
    .map(one => one.trim())
    .filter(one => !['null', 'undefined', 'void'].includes(one))

/** Stripe's own name of a kind of object (`payment_intent`), if it is one. */
export function objectName({ interfaces }: Declarations, full: string): string | undefined {
  const fields = interfaces.get(full)
  const kind = fields?.find(({ name }) => name === 'object')?.type
  return fields?.some(({ name }) => name === 'id') ? /^'([\w.]+)'$/.exec(kind ?? '')?.[1] : undefined
}
