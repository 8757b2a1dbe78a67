import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'
import type { World } from '../engine/world.ts'
import { assets } from './assets.ts'
import { challenge } from './challenge.ts'
import { checkout } from './checkout.ts'
import { onboarding } from './onboarding.ts'

/** Everything of the sandbox that a browser sees: Stripe.js and its frames, hosted pages, the console. */
export function showPages(app: FastifyInstance, world: World): void {
  app.register(formbody)
  assets(app)
  challenge(app, world)
  checkout(app, world)
  onboarding(app, world)
}
