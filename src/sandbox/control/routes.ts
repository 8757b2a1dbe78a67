/**
 * The control API, for tests and for the console's page. JSON in and out; an `account` is `acct_1…`, a `mode` is
 * `test` (unless said otherwise) or `live`. What names an object finds it in whichever account holds it.
 *
 *   GET    /console/api/accounts                       who has been here: account, mode, platform, counts
 *   GET    /console/api/payments?account&mode          PaymentIntents, newest first
 *   POST   /console/api/payments/:id/refund            {amount?, reason?}: a refund made in the dashboard
 *   POST   /console/api/payments/:id/dispute           {reason?}: the shopper's bank takes the money back
 *   POST   /console/api/payments/:id/authenticate      {ok?}: the shopper answers 3-D Secure
 *   POST   /console/api/payments/:id/complete          {ok?}: a payment in `processing` is decided
 *   POST   /console/api/refunds/:id/fail               {reason?}
 *   POST   /console/api/disputes/:id/close             {won?}
 *   GET    /console/api/deliveries?account&mode&endpoint&event&type&status&limit
 *   POST   /console/api/deliveries/:id/resend          sends once more, now; answers what the endpoint said
 *   POST   /console/api/webhooks                       {account?, paused?, shuffle?, duplicate?, drop?, retry_ms?}
 *   DELETE /console/api/webhooks?account               back to normal
 *   POST   /console/api/test-event                     {account, mode, endpoint, type}: "Send test webhook"
 *   POST   /console/api/faults                         {match, kind, times?, ms?, account?}: see engine/faults.ts
 *   GET    /console/api/faults, DELETE /console/api/faults?account
 */
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { Refusal } from '../engine/refusal.ts'
import type { World } from '../engine/world.ts'
import { answerDeliveries } from './deliveries.ts'
import { answerFaults } from './faults.ts'
import { answerPayments } from './payments.ts'

export function answerControl(app: FastifyInstance, world: World): void {
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, _request, reply) => {
    const { statusCode = 500, message } = error as { statusCode?: number; message: string }
    const status = error instanceof Refusal ? error.status : statusCode
    if (status >= 500) console.error(error)
    return reply.code(status).send({ error: { message } })
  })
  answerDeliveries(app, world)
  answerFaults(app, world)
  answerPayments(app, world)
}
