import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { type Packed, packed, sendPacked } from './packed.ts'

const FOLDER = fileURLToPath(new URL('../../public/', import.meta.url))

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
}

/**
 * Serves public/ under an address that changes with its content, so that browsers keep every file for a year.
 * One hash for the whole folder: files that import each other by relative paths stay one version. Compressed here, so
 * that no proxy has to. `base.css+parts.css` is both in one: a page is drawn after one answer, not after eight.
 */
export async function serveAssets(app: FastifyInstance): Promise<(path: string) => string> {
  const files = filesOf(FOLDER)
  const prefix = `/assets/${hashOf(files)}/`
  const kept = new Map<string, Packed>()

  function keep(path: string): void {
    if (kept.has(path)) return
    const type = TYPES[extname(path)]
    const content = contentOf(files, path)
    if (type && content) kept.set(path, packed(content, type))
  }

  app.get<{ Params: { '*': string } }>(`${prefix}*`, { schema: { hide: true } }, (request, reply) => {
    const path = request.params['*']
    const type = TYPES[extname(path)]
    const content = contentOf(files, path)
    if (!type || !content) return reply.callNotFound()
    reply.header('cache-control', 'public, max-age=31536000, immutable')
    if (files.has(path)) keep(path)
    const file = kept.get(path)
    // Of sheets in one, only what a page of ours has named is compressed and kept: what a stranger may put together
    // has no end. When another instance drew the page, this one sends them as they are.
    return file ? sendPacked(request, reply, file) : reply.type(type).send(content)
  })

  return path => {
    keep(path)
    return prefix + path
  }
}

/** A file; or style sheets with a plus between them, each once. */
function contentOf(files: Map<string, Buffer>, path: string): Buffer | undefined {
  const names = path.split('+')
  const parts = names.flatMap(name => files.get(name) ?? [])
  if (parts.length < names.length) return
  if (names.length > 1 && !names.every((name, at) => name.endsWith('.css') && names.indexOf(name) === at))
    return
  return Buffer.concat(parts)
}

/** Every file of a folder, by its path in it. */
function filesOf(folder: string): Map<string, Buffer> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => `${entry.parentPath}/${entry.name}`)
  return new Map(
    paths.sort().map(path => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path)] as const),
  )
}

function hashOf(files: Map<string, Buffer>): string {
  const hash = createHash('sha256')
  for (const [path, content] of files) hash.update(path).update(content)
  return hash.digest('base64url').slice(0, 10)
}

const digests = new Map<string, string>()

/** What a browser compares a script of ours with before it runs it: https://www.w3.org/TR/SRI/ */
export function integrity(path: string): string {
  const known = digests.get(path)
  if (known) return known
  const digest = `sha384-${createHash('sha384')
    .update(readFileSync(FOLDER + path))
    .digest('base64')}`
  digests.set(path, digest)
  return digest
}
