// What each row is compared with: the least that could answer, without any of the product. Run as a process.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createRequire } from 'node:module'
import type * as SyncEngine from '@supabase/stripe-sync-engine'
import { Eta } from 'eta'
import Fastify, { type FastifyPluginAsync } from 'fastify'
import pg from 'pg'
import Stripe from 'stripe'

const { PORT, DATABASE_URL, SIGNING_SECRET = '', PAGE_BYTES = '0', STRIPE_URL } = process.env

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 16 })
const app = Fastify()
const query = async (name: string, text: string, values: unknown[]) =>
  (await pool.query({ name, text, values })).rows[0]

app.get<{ Params: { id: string } }>('/status/:id', request =>
  query('status', 'select id, connected, live from bare_stores where id = $1', [request.params.id]),
)

const eta = new Eta()
const page = eta.compile(`<!doctype html><html lang="en"><head><title><%= it.title %></title></head><body>
<h1><%= it.title %></h1><ul><% for (const line of it.lines) { %><li><%= line.quantity %> × <%= line.name %>
<%= line.amount %></li><% } %></ul><p><%= it.amount %> <%= it.currency %></p>
<main>${'x'.repeat(Math.max(0, Number(PAGE_BYTES) - 320))}</main></body></html>`)
app.get<{ Params: { id: string } }>('/page/:id', async (request, reply) => {
  const order = await query('page', 'select title, lines, amount, currency from bare_orders where id = $1', [
    request.params.id,
  ])
  return reply.type('text/html; charset=utf-8').send(eta.render(page, order))
})

app.post('/insert', async (request, reply) => {
  reply.code(201)
  return query('insert', 'insert into bare_inserted (body) values ($1) returning id, at', [
    JSON.stringify(request.body),
  ])
})

if (STRIPE_URL) {
  const { hostname, port } = new URL(STRIPE_URL)
  const stripe = new Stripe('sk_test_bench', { host: hostname, port, protocol: 'http', telemetry: false })
  app.post('/pay', async () => {
    const { client_secret } = await stripe.paymentIntents.create({
      amount: 4890,
      currency: 'eur',
      automatic_payment_methods: { enabled: true },
    })
    return { client_secret }
  })
}

// Its ES module looks for its migrations by a name (`__dirname`) that ES modules do not have.
const engine = createRequire(import.meta.url)('@supabase/stripe-sync-engine') as typeof SyncEngine

// What it is told to skip, it skips: no lists are completed and no related objects are looked up.
const sync = new engine.StripeSync({
  stripeSecretKey: 'sk_test_bench',
  stripeWebhookSecret: SIGNING_SECRET,
  autoExpandLists: false,
  backfillRelatedEntities: false,
  poolConfig: { connectionString: DATABASE_URL, max: 16 },
})

// As the webhook room does: the signature covers bytes, so JSON stays unparsed here.
const signed: FastifyPluginAsync = async raw => {
  raw.removeAllContentTypeParsers()
  raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  raw.post('/verify', async (request, reply) => {
    const [, timestamp = '', signature = ''] =
      /^t=(\d{10}),v1=([0-9a-f]{64})$/.exec(String(request.headers['stripe-signature'])) ?? []
    const expected = createHmac('sha256', SIGNING_SECRET)
      .update(`${timestamp}.`)
      .update(request.body as Buffer)
      .digest()
    const given = Buffer.from(signature, 'hex')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) reply.code(400)
    return { status: 'processed' }
  })
  raw.post('/sync', async request => {
    await sync.processWebhook(request.body as Buffer, String(request.headers['stripe-signature']))
    return { status: 'processed' }
  })
}
app.register(signed)
if (SIGNING_SECRET) await engine.runMigrations({ databaseUrl: DATABASE_URL!, schema: 'stripe' })

await app.listen({ host: '127.0.0.1', port: Number(PORT) })
