import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { textsOfAll } from '../lib/messages.ts'

const folder = new URL('../../public/widget/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')

// In the order they build on each other. They are written as modules, so that editor and linter understand them,
// and served as one classic script, because that is what a shop's page puts into its script tag.
const PARTS = ['dom.js', 'api.js', 'cart.js', 'line.js', 'drawer.js', 'main.js']

/** The widget as one script: its parts, texts and styles, started once however often the page names it. */
export function widgetScript(): string {
  const bodies = PARTS.map(part =>
    read(part)
      .replace(/^import [^;]*? from '[^']+'\n/gm, '')
      .replace(/^export /gm, ''),
  )
  const css = lean(read('widget.css')).replaceAll('\n', ' ')
  const given = [textsOfAll('widget'), css].map(value => JSON.stringify(value))
  return `(() => {\n'use strict'\nif (window.Owntill) return\n${lean(bodies.join('\n'))}start(${given.join(', ')})\n})()\n`
}

// Shops' pages load it: comments and indentation stay here. (No string of ours goes over several lines.)
const lean = (source: string): string =>
  source
    .replace(/^\s*\/\*[\s\S]*?\*\/$/gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '')

/**
 * `GET /widget.js`. Its address is in the pages of shops and never changes, so browsers ask again after five
 * minutes, and are told by the ETag that nothing has changed.
 */
export const widget: FastifyPluginAsyncZod = async app => {
  const script = Buffer.from(widgetScript())
  const etag = `W/"${createHash('sha256').update(script).digest('base64url').slice(0, 16)}"`
  const encoded = { br: brotliCompressSync(script), gzip: gzipSync(script) }

  app.get('/widget.js', async (request, reply) => {
    reply.headers({
      etag,
      'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    })
    if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send()
    const accepted = request.headers['accept-encoding'] ?? ''
    const encoding = (['br', 'gzip'] as const).find(name =>
      new RegExp(`\\b${name}\\b(?!;q=0)`).test(accepted),
    )
    if (!encoding) return reply.send(script)
    return reply.header('content-encoding', encoding).send(encoded[encoding])
  })
}
