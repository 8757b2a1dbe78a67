import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reveal } from '../../src/lib/secret.ts'
import { type House, openHouse } from '../harness/house.ts'
import { fromSomewhere, newStore } from '../harness/shop.ts'
import { intentEvent, paidIntent, sign } from '../harness/stripe-event.ts'

/**
 * Every secret is a canary: something that occurs nowhere else. After a walk over the good way and all its errors,
 * none of them may stand in a log, an answer, the database or the mail, in any of the usual spellings.
 */
const canaries = new Map<string, string>()
const canary = (name: string, value: string): string => {
  canaries.set(name, value)
  return value
}
const random = () => randomBytes(18).toString('hex')

let house: House
let logged = ''
let answered = ''

beforeAll(async () => {
  const log = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk
      done()
    },
  })
  house = await openHouse({ LOG_LEVEL: 'trace' }, log)
  canary('internal secret', house.secret)
  canary('master key', reveal(house.deps.config.masterKeys[0]!.key))
})
afterAll(() => house.close())

/** Asks our own service and keeps every answer; `allowed` are canaries that this one answer is for. */
async function ask(path: string, init: RequestInit = {}, allowed: (body: string) => string[] = () => []) {
  const response = await fetch(`${house.url}${path}`, { redirect: 'manual', ...init })
  const body = await response.text()
  let kept = `${JSON.stringify([...response.headers])}\n${body}`
  for (const secret of allowed(body)) kept = kept.replaceAll(secret, '')
  answered += `${kept}\n`
  return { status: response.status, body }
}

const internal = (
  method: string,
  path: string,
  body: unknown,
  allowed?: (body: string) => string[],
  secret = house.secret,
) =>
  ask(
    `/api/internal${path}`,
    {
      method,
      headers: { 'x-internal-secret': secret, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    },
    allowed,
  )

const connect = (fields: Record<string, string>) =>
  ask('/stripe/connect', {
    method: 'POST',
    headers: { origin: house.url, ...fromSomewhere() },
    body: new URLSearchParams(fields),
  })

const deliver = (path: string, body: string, secret: string) =>
  ask(path, { method: 'POST', headers: { 'stripe-signature': sign(body, secret) }, body })

const keysOf = (rest: string) => {
  const account = random().slice(0, 14).toUpperCase()
  return {
    publishable_key: `pk_test_51${account}Public0000`,
    secret_key: canary(`secret key ${rest}`, `rk_test_51${account}${rest}${random()}`),
  }
}

async function linkOf(storeId: string): Promise<string> {
  let ct = ''
  await internal('POST', `/stores/${storeId}/connect-links`, {}, body => {
    ct = new URL(JSON.parse(body).url).searchParams.get('ct')!
    return [ct]
  })
  return canary(`connect link ${canaries.size}`, ct)
}

async function checkoutOf(storeId: string): Promise<string> {
  let token = ''
  await internal(
    'POST',
    `/stores/${storeId}/checkout-sessions`,
    {
      line_items: [{ product_id: 'mug', quantity: 1 }],
      success_url: 'https://shop.example/',
      cancel_url: 'https://shop.example/',
    },
    body => {
      token = JSON.parse(body).url.split('/').at(-1)
      return [token]
    },
  )
  return canary(`checkout token ${canaries.size}`, token)
}

const press = (token: string, body: unknown = {}) =>
  ask(
    `/checkout/${token}/pay`,
    {
      method: 'POST',
      headers: { origin: house.url, 'content-type': 'application/json', ...fromSomewhere() },
      body: JSON.stringify(body),
    },
    text => {
      const secret = JSON.parse(text).client_secret
      return secret ? [canary(`client secret ${canaries.size}`, secret)] : []
    },
  )

/** The pages of a checkout carry its token in their own links: that is the address the shopper is at. */
const visit = (token: string, path = '') => ask(`/checkout/${token}${path}`, {}, () => [token])

test('no secret is found in any log, answer, row or letter, however it is spelled', async () => {
  const { id } = await newStore(house)

  // Connecting, and each way in which it fails. The form that is shown again holds the link it was opened with.
  const signing = canary('signing secret', `whsec_${random()}`)
  for (const wrong of ['Revoked', 'NoIntents']) await connectWith(id, keysOf(wrong))
  const misplaced = canary('a key in the wrong field', `sk_live_51${random()}`)
  await connectWith(id, { publishable_key: misplaced, secret_key: signing, webhook_secret: misplaced })
  await connect({ store_id: id, ct: canary('a made-up link', random()), ...keysOf('Unused') })
  await connectWith(id, { ...keysOf('NoWebhooks'), webhook_secret: signing })

  // Paying, and its errors.
  const token = await checkoutOf(id)
  await visit(token)
  await press(token, { email: 'not an address' })
  await press(token)
  await visit(token, '/return?payment_intent_client_secret=x&redirect_status=succeeded')
  await visit(token, '/status')
  await press(canary('a made-up token', `${token.slice(0, 40)}${random().slice(0, 24)}`))

  // Webhooks: accepted, contradicting, unknown, badly signed.
  const { payment_intent } = await house.deps.db
    .selectFrom('payments')
    .select('payment_intent')
    .executeTakeFirstOrThrow()
  const clientSecret = canary('a client secret in an event', `pi_${random()}_secret_${random()}`)
  const told = (changes: object) =>
    JSON.stringify(
      intentEvent(
        'payment_intent.succeeded',
        paidIntent(payment_intent!, 1800, { client_secret: clientSecret, ...changes }),
      ),
    )
  for (const body of [told({ amount: 1 }), told({}), told({ id: 'pi_unknown' }), '{"broken"']) {
    await deliver('/webhook/stripe', body, signing)
    await deliver('/webhook/stripe', body, canary('another signing secret', `whsec_${random()}`))
  }
  await visit(token)

  // The internal API with secrets that are wrong or out of place.
  const wrong = canary('a wrong internal secret', random())
  await internal('GET', `/stores/${id}`, undefined, undefined, wrong)
  await ask(`/api/internal/stores/${id}?x=${wrong}`, { headers: { 'x-internal-secret': house.secret } })
  await ask('/api/internal/stores', {
    method: 'POST',
    headers: { 'x-internal-secret': house.secret, 'content-type': 'application/json' },
    body: `{"name": "${wrong}`,
  })
  await ask(`/nowhere/${wrong}`)

  // Things that break inside: the database goes away in the middle.
  const second = await checkoutOf(id)
  await house.deps.db.engine.script('alter table payments rename to payments_gone')
  expect((await press(second)).status).toBe(500)
  expect((await deliver('/webhook/stripe', told({}), signing)).status).toBe(500)
  await house.deps.db.engine.script('alter table payments_gone rename to payments')

  expect(canaries.size).toBeGreaterThan(12)
  const places = {
    logged,
    answered,
    dump: await dump(),
    mail: letters(),
    inspected: inspect(house.deps.config, { depth: 9 }),
  }
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, `${place} was looked at`).toBeGreaterThan(place === 'mail' ? -1 : 100)
    for (const [name, secret] of canaries) {
      for (const [spelling, spelled] of spellings(secret)) {
        expect(text.includes(spelled), `${name} in ${place} as ${spelling}`).toBe(false)
      }
    }
  }
})

async function connectWith(storeId: string, keys: Record<string, string>): Promise<void> {
  const ct = await linkOf(storeId)
  await ask(
    '/stripe/connect',
    {
      method: 'POST',
      headers: { origin: house.url, ...fromSomewhere() },
      body: new URLSearchParams({ store_id: storeId, ct, ...keys }),
    },
    () => [ct],
  )
}

function spellings(secret: string): [string, string][] {
  const bytes = Buffer.from(secret)
  // Base64 of a text that contains the secret: at any of the three alignments, less the ends that depend on neighbours.
  const aligned = [0, 1, 2].map(shift => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    return encoded.slice(shift === 0 ? 0 : 4, -4)
  })
  return [
    ['plain', secret],
    ['hex', bytes.toString('hex')],
    ['URL', encodeURIComponent(secret)],
    ['reversed', [...secret].reverse().join('')],
    ...aligned.map((text): [string, string] => ['base64', text]),
    ...aligned.map((text): [string, string] => ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')]),
  ]
}

async function dump(): Promise<string> {
  const { rows } = await house.deps.db.engine.query<{ table_name: string }>(
    "select table_name from information_schema.tables where table_schema = 'public'",
  )
  const tables = []
  for (const { table_name } of rows) {
    const { rows: content } = await house.deps.db.engine.query<{ row: string }>(
      `select to_jsonb(t)::text as row from "${table_name}" t`,
    )
    tables.push(table_name, ...content.map(({ row }) => row))
  }
  return tables.join('\n')
}

function letters(): string {
  const folder = join(house.deps.config.dataDir, 'mail')
  try {
    return readdirSync(folder)
      .map(file => readFileSync(join(folder, file), 'utf8'))
      .join('\n')
  } catch {
    return '' // nothing was sent
  }
}
