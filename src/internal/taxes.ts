import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { problems, underNoun } from '../lib/contract.ts'
import { NotFound } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { chooseTaxes, StripeTaxNotReady, standingWords, stripeTaxStanding } from '../stores/taxes.ts'
import { actorOf, type InternalOptions, StoreParams } from './caller.ts'

const Taxes = z.enum(['none', 'rates', 'stripe']).meta({
  description: 'Who works them out: nobody, the store’s own tax rates, or Stripe Tax',
})

const TaxChoice = z
  .strictObject({
    taxes: Taxes,
    tax_inclusive: z
      .boolean()
      .default(false)
      .meta({ description: 'For Stripe Tax: your prices contain the tax; otherwise it is added' }),
  })
  .meta({ examples: [{ taxes: 'rates', tax_inclusive: false }] })

const TaxesView = z
  .object({
    taxes: Taxes,
    tax_inclusive: z.boolean(),
    stripe_tax: z
      .object({
        mode: z.enum(['test', 'live']),
        standing: z.enum([
          'active',
          'pending',
          'not_connected',
          'invalid_key',
          'missing_permission',
          'unreachable',
        ]),
        missing: z.array(z.string()).meta({ description: 'What Stripe says is not filled in yet' }),
        detail: z.string().meta({ description: 'The same for people, with what to do' }),
      })
      .meta({ description: 'How Stripe Tax stands in the account that takes payments, asked now' }),
  })
  .meta({ id: 'Taxes' })

/** Who works out a store's taxes. */
export const internalTaxes: FastifyPluginAsyncZod<InternalOptions> = async (app, { deps, withStore }) => {
  underNoun(app, 'Tax rates')
  const scoped = { config: { scope: 'catalog' as const }, preHandler: withStore }

  app.get(
    '/stores/:store_id/taxes',
    {
      ...scoped,
      schema: {
        operationId: 'getTaxes',
        summary: 'Ask who works out the taxes',
        params: StoreParams,
        response: { 200: TaxesView, ...problems(NotFound) },
      },
    },
    async request => show(deps, request.store),
  )

  app.put(
    '/stores/:store_id/taxes',
    {
      ...scoped,
      schema: {
        operationId: 'chooseTaxes',
        summary: 'Say who works out the taxes',
        description:
          'Stripe Tax has to be active in the account that takes payments. Orders that are open go on as they were opened.',
        params: StoreParams,
        body: TaxChoice,
        response: { 200: TaxesView, ...problems(NotFound, StripeTaxNotReady) },
      },
    },
    async request => show(deps, await chooseTaxes(deps, request.store, request.body, actorOf(request))),
  )
}

async function show(deps: Deps, { id, mode, taxes, tax_inclusive }: Store) {
  const standing = await stripeTaxStanding(deps, id, mode)
  return { taxes, tax_inclusive, stripe_tax: { mode, ...standing, detail: standingWords(standing, mode) } }
}
