import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src/', import.meta.url))

// Who stands above whom: a file imports from its own floor and from those below, never from above.
const FLOORS = [
  ['config.ts', 'lib', 'pricing', 'db'],
  ['vault', 'stripe', 'jobs'],
  ['partners', 'stores', 'audit', 'outbox'],
  ['catalog', 'orders', 'mirror'],
  ['refunds', 'disputes', 'marketplace', 'notifications', 'mail', 'owners'],
  ['connect', 'checkout', 'portal', 'internal', 'webhooks', 'docs', 'metrics', 'demo', 'health.ts'],
  ['app.ts', 'sealed.ts'],
  ['service.ts', 'server.ts', 'cluster.ts', 'cli'],
]
// Two lists of types reach up for them: what a verb may need, and every table.
const REACHES_UP = ['deps.ts', 'db/tables.ts']

type Import = { from: string; to: string; room: string; typeOnly: boolean }

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts') && !path.startsWith('sandbox/'))
  .map(path => ({ path, text: readFileSync(SRC + path, 'utf8') }))
const imports = files.flatMap(({ path, text }) => importsOf(path, text))

function importsOf(path: string, text: string): Import[] {
  const found = text.matchAll(/^(?:import|export)( type)?\b[^'"]*?from '(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm)
  return [...found].map(([, type, from, called]) => {
    const to = posix.join(posix.dirname(path), (from ?? called)!)
    return { from: path, to, room: roomOf(to), typeOnly: type !== undefined }
  })
}

function roomOf(path: string): string {
  return path.split('/')[0]!
}

const floorOf = (path: string) => FLOORS.findIndex(floor => floor.includes(roomOf(path)))
const said = (broken: Import[]) => broken.map(({ from, to }) => `${from} → ${to}`)
/** The files whose text matches, of those where it must not. */
const where = (pattern: RegExp, allowed: (path: string) => boolean) =>
  files.filter(({ path, text }) => !allowed(path) && pattern.test(text)).map(({ path }) => path)

test('every room has its floor, and there are imports to look at', () => {
  expect([...new Set(files.map(({ path }) => roomOf(path)))].filter(room => floorOf(room) < 0)).toEqual([
    'deps.ts',
  ])
  expect(imports.length).toBeGreaterThan(200)
})

test('arrows point down', () => {
  const broken = imports.filter(
    ({ from, to, typeOnly }) =>
      !(typeOnly && (REACHES_UP.includes(from) || to === 'deps.ts')) && floorOf(to) > floorOf(from),
  )
  expect(said(broken)).toEqual([])
})

test('what everybody may name is a type: deps.ts and the tables carry no code', () => {
  const broken = imports.filter(
    ({ from, to, typeOnly }) =>
      !typeOnly && (to === 'deps.ts' || REACHES_UP.includes(from) || /(^|\/)tables?\.ts$/.test(to)),
  )
  expect(said(broken)).toEqual([])
})

test('a neighbour is entered by its front door, never by its queries', () => {
  const broken = imports.filter(({ from, to, room }) => /\/queries\.ts$/.test(to) && roomOf(from) !== room)
  expect(said(broken)).toEqual([])
})

test('nobody imports the sandbox, and the sandbox of ours only what has no business', () => {
  expect(said(imports.filter(({ room }) => room === 'sandbox'))).toEqual([])
  const inside = readdirSync(`${SRC}sandbox`, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .flatMap(path => importsOf(`sandbox/${path}`, readFileSync(`${SRC}sandbox/${path}`, 'utf8')))
  expect(said(inside.filter(({ room }) => !['sandbox', 'lib'].includes(room)))).toEqual([])
})

const room = (name: string) => (path: string) => path.startsWith(`${name}/`)

describe('one room alone', () => {
  test.each([
    ['makes clients of Stripe', /^import (?!type\b).* from 'stripe'/m, room('stripe')],
    ['opens API keys', /\.open\(\s*secretKeyPlace|purpose: 'secret_key',/, room('stripe')],
    ['knows the cipher', /from 'tweetnacl'/, room('vault')],
    ['speaks to the database server', /from '(pg|@electric-sql\/pglite)'/, room('db')],
    ['runs the queue', /from 'pg-boss'/, room('jobs')],
    ['sends mail', /from 'nodemailer'/, room('mail')],
  ])('%s', (_what, pattern, allowed) => {
    expect(where(pattern, allowed)).toEqual([])
    expect(files.some(({ path, text }) => allowed(path) && pattern.test(text))).toBe(true)
  })
})

// Where processes start.
const ENTRANCES = ['server.ts', 'service.ts', 'cluster.ts']

test('the environment is read by config.ts, which the entrances hand it to, and by the commands', () => {
  expect(where(/process\.env/, path => ENTRANCES.includes(path) || room('cli')(path))).toEqual([])
  const service = files.find(({ path }) => path === 'service.ts')!.text
  expect(service.match(/.*process\.env.*/g)).toEqual(['  const config = readConfig(process.env)'])
})

test('one table has one writer: the room that describes it', () => {
  const owners = new Map<string, string>()
  const tables = files.find(({ path }) => path === 'db/tables.ts')!.text
  const roomOfType = new Map(
    [...tables.matchAll(/import type \{([^}]+)\} from '\.\.\/([^/]+)\//g)].flatMap(([, names, from]) =>
      names!.split(',').map(name => [name.trim(), from!] as const),
    ),
  )
  for (const [, table, type] of tables.matchAll(/^ {2}(\w+): (\w+)$/gm))
    owners.set(table!, roomOfType.get(type!)!)
  expect(owners.size).toBeGreaterThan(10)

  const writes =
    /(?:insertInto|updateTable|deleteFrom)\(\s*'(\w+)|\b(?:insert into|update|delete from) (\w+)\b/g
  const broken = files.flatMap(({ path, text }) =>
    [...text.matchAll(writes)]
      .map(([, built, written]) => (built ?? written)!)
      .filter(table => owners.has(table) && owners.get(table) !== roomOf(path))
      .map(table => `${path} writes ${table}`),
  )
  expect([...new Set(broken)]).toEqual([])
})
