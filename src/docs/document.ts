import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { Config } from '../config.ts'
import { PROBLEM_JSON, type Refusal, refusals } from '../lib/contract.ts'
import { BadInput, InternalError, MalformedRequest, TooManyRequests, Unavailable } from '../lib/problem.ts'
import { NotAllowed, NotAuthenticated } from '../partners/partners.ts'
import type { OpenApi } from './openapi.ts'
import { withNotifications } from './payloads.ts'
import { tidy } from './tidy.ts'

const VERSION = '3.1.1'

const NOUNS = {
  Stores: 'One merchant’s shop. A store takes payments once its owner connected a Stripe account.',
  Products: 'The catalogue of a store. Carts hold product ids and quantities; prices come from here.',
  'Shipping rates': 'What sending an order costs, and where it goes.',
  'Tax rates': 'What tax is in the prices or comes on top, for a country, a region or a class of goods.',
  Discounts: 'Codes that take a part or an amount off an order, so often and so long.',
  Vendors: 'Who sells in a marketplace store: paid through an Express account under the store’s own account.',
  'Checkout sessions': 'The payable page, opened by a partner or by a shop’s own page from a cart.',
  Orders: 'The promise to pay, and what became of it.',
  Refunds: 'Money given back, in whole or in part, and never more than was paid.',
  Notifications:
    'Signed requests of ours to you when something happens to a store or an order, sent again until you took them.',
  'Stripe data': 'The mirror: every object of the store’s Stripe account that we were shown or have fetched.',
  Carts: 'What a shop’s pages may keep without a secret: product ids and quantities, no prices.',
  'Hosted page': 'What the hosted page itself asks for while the shopper pays.',
  Webhooks: 'Where Stripe tells us what happened. Answers are for Stripe: 200 is final, 500 is tried again.',
  Operations: 'For whoever runs the service.',
}

const DESCRIPTION = `
Create stores, hand their owners a link to connect Stripe, open checkouts, and be told what became of them.

**Money** is an integer of the currency’s minor unit as Stripe counts it, beside a lower-case ISO code. **Times** are
ISO 8601, UTC. **Lists** answer \`data\` and \`next_cursor\`.

**Refusals** are \`application/problem+json\` (RFC 9457). A program looks at \`type\`; people read \`title\` and
\`detail\`; \`errors\` points at each thing that is wrong with the input.

**Partners** send their secret as \`X-Internal-Secret\` and see their own stores only: any other id is a 404.
`.trim()

/**
 * Collects the routes registered after it into one OpenAPI 3.1 document: \`app.swagger()\`, once the app is ready.
 * What is said about a route comes from its schemas, its `problems` and its `config`; routes under no noun are pages.
 */
export async function collectRoutes(app: FastifyInstance, config: Config): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    stripBasePath: false,
    openapi: {
      openapi: VERSION,
      info: {
        title: 'Owntill',
        version: '1',
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as never,
      },
      servers: [{ url: config.publicUrl }],
      tags: Object.entries(NOUNS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: {
          partner: {
            type: 'apiKey',
            in: 'header',
            name: 'X-Internal-Secret',
            description: 'A partner’s secret. What it may do is a list of scopes.',
          },
          stripe: {
            type: 'apiKey',
            in: 'header',
            name: 'Stripe-Signature',
            description: 'Stripe’s signature over the body, made with the secret of one of our endpoints.',
          },
        },
      },
    },
    transform: ({ schema = {}, url, route }) => ({ url, schema: described(schema, route) }),
    transformObject: document =>
      tidy(withNotifications(jsonSchemaTransformObject(document as never) as OpenApi)) as never,
  })
}

/** A route's schemas as JSON Schema, with all that follows from how it is guarded: no route has to repeat it. */
function described(own: FastifySchema, { method, config = {} }: RouteOptions): FastifySchema {
  const { scope, rateLimit } = config as { scope?: string; rateLimit?: unknown }
  const response = Object.entries((own.response ?? {}) as Record<string, object | Refusal>)
  const answers = response.filter(([, answer]) => !('named' in answer))
  const named = response.flatMap(([, answer]) => ('named' in answer ? answer.named : []))
  const { schema } = jsonSchemaTransform({
    schema: { ...own, response: Object.fromEntries(answers) },
    url: '',
    openapiObject: { openapi: VERSION },
  } as never) as { schema: FastifySchema & { response: object } }
  const refused = refusals(
    ...named,
    ...(scope === undefined ? [] : [NotAuthenticated, NotAllowed]),
    ...(method === 'GET' ? [] : [MalformedRequest]),
    ...((own.body ?? own.params ?? own.querystring) ? [BadInput] : []),
    ...(rateLimit === undefined ? [] : [TooManyRequests]),
    InternalError,
    Unavailable,
  )
  return {
    ...schema,
    security: scope === undefined ? (own.security ?? []) : [{ partner: [scope] }],
    response: { ...schema.response, ...withReference(refused) },
  }
}

const withReference = (refused: Record<string, Refusal>): object =>
  Object.fromEntries(
    Object.entries(refused).map(([status, { description, content }]) => {
      const { examples } = content[PROBLEM_JSON]!
      const media = { schema: { $ref: '#/components/schemas/Problem' }, examples }
      return [status, { description, content: { [PROBLEM_JSON]: media } }]
    }),
  )
