import { readFileSync } from 'node:fs'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Locale, shopperTexts } from '../lib/catalogues.ts'
import { pickLocale } from '../lib/languages.ts'
import { type Packed, packed, sendPacked } from '../lib/packed.ts'

const folder = new URL('../../public/widget/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')

// In the order they build on each other. They are written as modules, so that editor and linter understand them,
// and served as one classic script, because that is what a shop's page puts into its script tag.
const PARTS = ['dom', 'api', 'language', 'cart', 'line', 'drawer', 'counter', 'main']

/** The widget as one script: its parts, English and styles, started once however often the page names it. */
export function widgetScript(): string {
  const bodies = PARTS.map(part =>
    read(`${part}.js`)
      .replace(/^import [^;]*? from '[^']+'\n/gm, '')
      .replace(/^export /gm, ''),
  )
  const css = lean(read('widget.css')).replaceAll('\n', ' ')
  const given = [shopperTexts.en.widget, css].map(value => JSON.stringify(value))
  return `(() => {\n'use strict'\nif (window.Owntill) return\n${lean(bodies.join('\n'))}start(${given.join(', ')})\n})()\n`
}

// Shops' pages load it: comments and indentation stay here. (No string of ours goes over several lines.)
const lean = (source: string): string =>
  source
    .replace(/^\s*\/\*[\s\S]*?\*\/$/gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/^\s+/gm, '')

/**
 * `GET /widget.js`, and `GET /widget/TAG.json` with its texts in the language nearest to a tag. Their addresses are
 * in the pages of shops and never change, so browsers ask again after five minutes, and are told by the ETag that
 * nothing has changed.
 */
export const widget: FastifyPluginAsyncZod = async app => {
  const script = packed(widgetScript(), 'text/javascript; charset=utf-8')
  app.get('/widget.js', (request, reply) => send(request, reply, script))

  const words = new Map<Locale, Packed>()
  app.get(
    '/widget/:tag.json',
    { schema: { hide: true, params: z.object({ tag: z.string().max(100) }) } },
    (request, reply) => {
      const { locale, dir } = pickLocale(request.params.tag)
      const known = words.get(locale) ?? packed(wordsOf(locale, dir), 'application/json; charset=utf-8')
      words.set(locale, known)
      return send(request, reply, known)
    },
  )
}

const wordsOf = (locale: Locale, dir: string) =>
  JSON.stringify({ locale, dir, texts: shopperTexts[locale].widget })

function send(request: FastifyRequest, reply: FastifyReply, body: Packed) {
  reply.headers({
    'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
  })
  return sendPacked(request, reply, body)
}
