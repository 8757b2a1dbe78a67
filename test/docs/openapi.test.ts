import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenApi, Schema } from '../../src/docs/openapi.ts'
import { NotificationType } from '../../src/notifications/schemas.ts'
import { type House, openHouse } from '../harness/house.ts'

// What answers pages and files to people, and the document itself.
const PAGES = [
  /^\/vendors\/:token(\/stripe)?$/,
  /^\/vendor\/:store_id\/:vendor_id(\/|$)/,
  /^\/(stripe\/(connect|success\/:store_id)|checkout\/:token(\/return)?)$/,
  /^\/(portal|demo|dev|assets)\b/,
  /^\/help\b/,
  /^\/(docs|openapi\.json|widget\.js|widget\/:tag\.json|metrics|page-violations)$/,
  /^\/api\/\*$/,
]

let house: House
let document: OpenApi
const routes: { method: string; url: string }[] = []

// Fastify tells of itself as it is made: the only moment at which a route cannot have been missed.
function collect(message: unknown): void {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url }: RouteOptions) => {
    for (const one of [method].flat()) if (one !== 'HEAD') routes.push({ method: one.toLowerCase(), url })
  })
}

beforeAll(async () => {
  subscribe('fastify.initialization', collect)
  house = await openHouse()
  unsubscribe('fastify.initialization', collect)
  document = (await (await fetch(`${house.url}/openapi.json`)).json()) as OpenApi
})
afterAll(() => house.close())

test('the document is valid OpenAPI 3.1, and its examples fit its schemas', async () => {
  const config = await createConfig({
    extends: ['recommended-strict'],
    // Nothing that a caller sends can be wrong with /healthz.
    rules: { 'operation-4xx-response': 'off' },
  })
  const findings = await lintFromString({
    source: JSON.stringify(document),
    absoluteRef: 'openapi.json',
    config,
  })
  const said = findings.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)
  expect(said).toEqual([])
  expect(document.openapi).toBe('3.1.1')
  expect(document.servers).toEqual([{ url: house.url }])
})

test('every route is in it, except pages', () => {
  const isPage = ({ url }: { url: string }) => PAGES.some(pattern => pattern.test(url))
  const documented = routes.filter(({ method, url }) => document.paths[braced(url)]?.[method])
  expect(routes.filter(route => !documented.includes(route) && !isPage(route))).toEqual([])
  expect(documented.filter(isPage)).toEqual([])
  const operations = Object.values(document.paths).flatMap(path => Object.keys(path))
  expect(documented).toHaveLength(operations.length)
})

test('every operation belongs to a noun that is described, and has a name of its own', () => {
  const operations = Object.values(document.paths).flatMap(path => Object.values(path))
  const nouns = document.tags.map(({ name }) => name)
  expect(operations.filter(({ tags: [noun] }) => !nouns.includes(noun)).map(op => op.operationId)).toEqual([])
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
})

test('no answer lets a field through that is not declared', () => {
  const open: string[] = []
  const look = (schema: Schema, where: string): void => {
    const { properties, additionalProperties, items, anyOf } = schema
    if (properties && additionalProperties !== false) open.push(where)
    if (Object.keys(schema).every(key => key === 'description')) open.push(where)
    for (const [name, part] of Object.entries(properties ?? {})) look(part, `${where}.${name}`)
    for (const part of [items, ...(anyOf ?? [])]) if (part) look(part, where)
  }
  for (const [name, schema] of Object.entries(document.components.schemas)) look(schema, name)
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      for (const [status, { content }] of Object.entries(responses)) {
        for (const { schema } of Object.values(content ?? {})) look(schema, `${method} ${path} ${status}`)
      }
    }
  }
  expect(open).toEqual([])
})

test('each notification is in it with the schema of what it carries, and at /docs', async () => {
  expect(Object.keys(document.webhooks!).sort()).toEqual([...NotificationType.options].sort())
  for (const [type, { post }] of Object.entries(document.webhooks!)) {
    const { $ref } = post.requestBody!.content['application/json']!.schema
    const schema = document.components.schemas[$ref!.split('/').at(-1)!]!
    expect(schema.properties!.type!.enum ?? [schema.properties!.type!.const]).toContain(type)
    expect(schema.properties!.data!.required).toContain('store_id')
  }
  const page = await (await fetch(`${house.url}/docs`)).text()
  for (const type of NotificationType.options)
    expect(page).toContain(`<code class="docs-name">${type}</code>`)
})

test('people read all of it at /docs, without scripts', async () => {
  const response = await fetch(`${house.url}/docs`)
  const page = await response.text()
  expect(response.headers.get('content-security-policy')).toContain("style-src 'self'")
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const { operationId, responses } of Object.values(operations)) {
      expect(page).toContain(`<h3 id="${operationId}">`)
      for (const { content } of Object.values(responses)) {
        for (const name of Object.keys(content?.['application/problem+json']?.examples ?? {})) {
          expect(page).toContain(`<div id="problem-${name}">`)
        }
      }
    }
    expect(page).toContain(path.replaceAll('/', '<wbr>/'))
  }
  expect(page).not.toMatch(/undefined|\[object Object\]/)
})

const braced = (url: string): string => url.replace(/:(\w+)/g, '{$1}')
