import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { resumeSessions } from './api/checkout_sessions_life.ts'
import { resources } from './api/index.ts'
import { showPages } from './browser/pages.ts'
import { answerControl } from './control/routes.ts'
import { answerApi } from './engine/api.ts'
import { resume } from './engine/deliveries.ts'
import { newId } from './engine/ids.ts'
import { keepIn } from './engine/state.ts'
import { World } from './engine/world.ts'
import { resumeProcessing } from './payments/attempt.ts'

interface SandboxOptions {
  /** Where to keep the books between runs; without it they end with the process. */
  state?: string | undefined
}

/** The whole sandbox as one server: Stripe's API under `/v1`, `/stripe.js`, pages under `/console`. */
export async function buildSandbox(options: SandboxOptions = {}): Promise<FastifyInstance> {
  const world = new World(resources)
  const keeper = options.state ? keepIn(world, options.state) : undefined
  const app = Fastify({
    logger: false,
    genReqId: () => newId('req_', 14),
    forceCloseConnections: true,
    bodyLimit: 1024 * 1024,
  })
  app.register((api, _options, done) => {
    answerApi(api, world, resources)
    done()
  })
  app.register((control, _options, done) => {
    answerControl(control, world)
    done()
  })
  app.register((site, _options, done) => {
    showPages(site, world)
    done()
  })
  app.addHook('onListen', async () => {
    const address = app.server.address() as AddressInfo
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
    world.base = `http://${host}:${address.port}`
    resume(world)
    resumeProcessing(world)
    resumeSessions(world)
  })
  app.addHook('onClose', async () => {
    world.close()
    await keeper?.saved()
  })
  return app
}
