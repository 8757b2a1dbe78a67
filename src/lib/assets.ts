import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const FOLDER = fileURLToPath(new URL('../../public/', import.meta.url))

/**
 * Serves public/ under an address that changes with its content, so that browsers keep every file for a year.
 * One hash for the whole folder: files that import each other by relative paths stay one version.
 */
export async function serveAssets(app: FastifyInstance): Promise<(path: string) => string> {
  const prefix = `/assets/${hashOf(FOLDER)}/`
  await app.register(fastifyStatic, {
    root: FOLDER,
    prefix,
    maxAge: '1y',
    immutable: true,
    decorateReply: false,
    index: false,
  })
  return path => prefix + path
}

function hashOf(folder: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  for (const entry of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(entry.name).update(readFileSync(`${entry.parentPath}/${entry.name}`))
  }
  return hash.digest('base64url').slice(0, 10)
}
