import cors from '@fastify/cors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import qs from 'qs'
import { failed, refused, secretKeyRequired, send, tooMany } from './answer.ts'
import { Accounts } from './connect.ts'
import { expanded } from './expanding.ts'
import { type Fault, strike } from './faults.ts'
import { claim, settle } from './idempotency.ts'
import { allow, type Key, keyOf, masked, readKey } from './keys.ts'
import { cut, misbehave } from './misbehaving.ts'
import { type Rule, readParams } from './params.ts'
import { forbidden, Refusal } from './refusal.ts'
import type { Call, Operation, Resource } from './resource.ts'
import { before, rendered, versionOf } from './versions.ts'
import type { World } from './world.ts'

type Form = Record<string, unknown>
interface Body {
  raw: string
  form: Form
}
const parse = (text: string): Form => qs.parse(text, { depth: 10, arrayLimit: 1000, parameterLimit: 5000 })

/** Stripe's API under `/v1`: keys, versions, idempotency, faults and errors around each resource's operations. */
export function answerApi(app: FastifyInstance, world: World, resources: Resource[]): void {
  app.register(cors, { origin: '*', exposedHeaders: ['Request-Id', 'Stripe-Version'], maxAge: 300 })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, raw, done) =>
    done(null, { raw: String(raw), form: parse(String(raw)) } satisfies Body),
  )
  app.setErrorHandler((error, request, reply) => {
    const answer = refused(error, request.id)
    return send(reply, answer)
  })
  app.setNotFoundHandler((request, reply) => {
    const message = `Unrecognized request URL (${request.method}: ${request.url.split('?')[0]}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`
    return send(reply, refused(new Refusal(404, { type: 'invalid_request_error', message }), request.id))
  })
  for (const { operations } of resources) {
    for (const operation of operations) {
      app.route({
        method: operation.method,
        url: operation.path,
        handler: (request, reply) => answer(world, operation, request, reply),
      })
    }
  }
}

function answer(world: World, operation: Operation<unknown>, request: FastifyRequest, reply: FastifyReply) {
  const sent = (request.body as Body | null) ?? { raw: '', form: {} }
  const [path = '', query = ''] = request.url.split('?', 2)
  const form: Form = query ? { ...parse(query), ...sent.form } : sent.form
  const { headers } = request
  const key = readKey(keyOf(headers.authorization) ?? (typeof form.key === 'string' ? form.key : undefined))
  delete form.key
  const version = versionOf(headers['stripe-version'] as string | undefined)
  const account = scope(world, key, headers['stripe-account'] as string | undefined)
  allow(key, operation.needs, account)
  const books = world.of(account, key.livemode)
  const idempotencyKey =
    operation.method === 'POST' ? (headers['idempotency-key'] as string | undefined) || null : null
  const call: Call<unknown> = {
    world,
    books,
    request: { id: request.id, idempotency_key: idempotencyKey },
    base: `http://${request.host}`,
    params: {},
    path: request.params as Record<string, string>,
    key,
    version,
    extra: {},
  }
  reply.header('stripe-version', version)
  if (account !== key.account) reply.header('stripe-account', account)
  const fault = strike(world, request.method, path, account)
  if (fault?.kind === 'reset') return cut(reply)
  if (fault?.kind === '429') throw tooMany()
  if (fault?.kind === '503') throw failed(503)

  if (idempotencyKey) {
    reply.header('idempotency-key', idempotencyKey)
    const first = claim(books, idempotencyKey, path, sent.raw)
    if (first) {
      reply.header('idempotent-replayed', 'true').header('original-request', first.request)
      return send(reply, first)
    }
  }
  const act = () => {
    const { answer, begun } = carryOut(operation, call, form, fault)
    if (idempotencyKey) settle(books, idempotencyKey, begun ? answer : undefined)
    if (operation.method !== 'GET') world.changed()
    return answer
  }
  if (!fault) return send(reply, act())
  return misbehave(world, fault, reply, act)
}

/** Runs the operation. `begun` says whether it got past the checks of its parameters: only then is its answer kept. */
function carryOut(operation: Operation<unknown>, call: Call<unknown>, form: Form, fault: Fault | undefined) {
  const request = call.request.id!
  let begun = false
  try {
    const shopper = call.key.kind === 'publishable'
    if (shopper && !operation.publishable) throw secretKeyRequired()
    readInto(call, operation, form)
    if (shopper) operation.publishable?.(call)
    begun = true
    if (fault?.kind === '500') throw failed(500)
    const { books, version } = call
    const made = expanded(books, operation.run(call), (call.params as { expand?: string[] }).expand)
    return { answer: { status: 200, body: JSON.stringify(rendered(books, made, version)), request }, begun }
  } catch (error) {
    return { answer: refused(error, request), begun }
  }
}

/** Reads the parameters; those that a later version removed are taken from callers that are older, or say nothing. */
function readInto(call: Call<unknown>, operation: Operation<unknown>, form: Form): void {
  const rest = { ...form }
  const take = (name: string, rule: Rule<unknown>) => {
    if (rest[name] === undefined) return
    call.extra[name] = rule.read(rest[name], name)
    delete rest[name]
  }
  for (const [name, { rule, removed }] of Object.entries(operation.legacy ?? {})) {
    if (before(call.version, removed)) take(name, rule)
  }
  for (const [name, rule] of Object.entries(operation.extra ?? {})) take(name, rule)
  call.params = readParams(operation.params, rest)
}

/** Whose books: the key's own account, or with `Stripe-Account` one that is connected to it. */
function scope(world: World, key: Key, header: string | undefined): string {
  if (!header || header === key.account) return key.account
  if (world.of(key.account, key.livemode).of(Accounts).find(header)) return header
  throw forbidden(
    `The provided key '${masked(key.text)}' does not have access to account '${header}' (or that account does not ` +
      'exist). Application access may have been revoked.',
    { code: 'account_invalid' },
  )
}
