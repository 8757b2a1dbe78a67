import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { NewFault } from '../engine/faults.ts'
import type { World } from '../engine/world.ts'

/** What is to go wrong, and no longer. */
export function answerFaults(plain: FastifyInstance, world: World): void {
  const app = plain.withTypeProvider<ZodTypeProvider>()

  app.get('/console/api/faults', () => ({ data: world.faults }))

  app.post('/console/api/faults', { schema: { body: NewFault } }, (request, reply) => {
    world.faults.push(request.body)
    return reply.code(201).send({ data: world.faults })
  })

  const Only = z.object({ account: z.string().optional() })
  app.delete('/console/api/faults', { schema: { querystring: Only } }, request => {
    const { account } = request.query
    world.faults = account ? world.faults.filter(fault => fault.account !== account) : []
    return { data: world.faults }
  })
}
