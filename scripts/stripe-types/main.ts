// Writes what is made from stripe-node's types. Run it after an update of the SDK: `npm run generate`.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readDeclarations } from './declarations.ts'
import { expandableFields } from './expandable.ts'
import { viewsMarkdown, viewsSql } from './views.ts'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const declared = readDeclarations()

const EXPANDABLE = at('src/mirror/expandable.ts')
writeFileSync(
  EXPANDABLE,
  `// Generated from stripe-node's types by scripts/stripe-types: do not edit.

/**
 * By kind of object, the paths of the fields that hold an id and may hold the whole object instead. \`[]\` steps into a
 * list.
 */
export const EXPANDABLE: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(expandableFields(declared))}
`,
)
execFileSync(at('node_modules/.bin/biome'), ['check', '--write', EXPANDABLE], { stdio: 'inherit' })

// An applied migration is never edited: once a release has this one, give the next its own number here.
writeFileSync(at('migrations/0014_views_of_the_mirror.sql'), viewsSql(declared))
writeFileSync(at('docs/mirror-views.md'), viewsMarkdown(declared))
