import type { FastifyInstance } from 'fastify'
import type { World } from '../engine/world.ts'
import { assets } from './assets.ts'
import { onboarding } from './onboarding.ts'

/** Everything of the sandbox that a browser sees: Stripe.js and its frames, hosted pages, the console. */
export async function pages(app: FastifyInstance, options: { world: World }): Promise<void> {
  await app.register(assets)
  await app.register(onboarding, options)
}
