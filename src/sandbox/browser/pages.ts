import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import type { World } from '../engine/world.ts'
import { assets } from './assets.ts'
import { challenge } from './challenge.ts'
import { checkout } from './checkout.ts'
import { consolePages } from './console.ts'
import { express } from './express.ts'
import { onboarding } from './onboarding.ts'

/** Everything of the sandbox that a browser sees: Stripe.js and its frames, hosted pages, the console. */
export function showPages(app: FastifyInstance, world: World): void {
  app.register(formbody)
  // Buttons are pressed on the sandbox's own pages: no other page of the same browser may press them.
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers
    const foreign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== request.host)
    if (request.method === 'POST' && foreign) void reply.code(403).send('Not from here')
    else done()
  })
  assets(app)
  challenge(app, world)
  checkout(app, world)
  consolePages(app, world)
  express(app, world)
  onboarding(app, world)
}
