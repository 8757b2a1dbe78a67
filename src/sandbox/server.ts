import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { resources } from './api/index.ts'
import { answerApi } from './engine/api.ts'
import { resume } from './engine/deliveries.ts'
import { newId } from './engine/ids.ts'
import { keepIn } from './engine/state.ts'
import { World } from './engine/world.ts'

export interface SandboxOptions {
  /** Where to keep the books between runs; without it they end with the process. */
  state?: string | undefined
}

/** The whole sandbox as one server: Stripe's API under `/v1`, the console's under `/console/api`. */
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
  app.addHook('onListen', async () => {
    const address = app.server.address() as AddressInfo
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
    world.base = `http://${host}:${address.port}`
    resume(world)
  })
  app.addHook('onClose', async () => {
    world.close()
    await keeper?.saved()
  })
  return app
}
