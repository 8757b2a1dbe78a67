import type { FastifyPluginAsync } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { Problem } from '../lib/problem.ts'
import type { Store } from '../stores/table.ts'
import { chooseTaxes, standingWords, stripeTaxStanding, taxDashboard } from '../stores/taxes.ts'
import { readForm } from './forms.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'

const MethodForm = z.object({
  taxes: z.enum(['none', 'rates', 'stripe'], 'Say who works them out.'),
  tax_inclusive: z.enum(['yes', 'no']).default('no'),
})

/** Who works out the store's taxes: nobody, its own rates, or Stripe Tax. */
export const taxMethodRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const page = { title: 'Who works out the taxes', kind: 'taxes' }

  app.get('/pricing/tax-method', async (request, reply) => {
    const method = await taxMethod(deps, request.store)
    return portalPage(request, reply, 'pricing', 'tax-method', { ...page, method })
  })

  app.post('/pricing/tax-method', { config: CHANGES }, async (request, reply) => {
    const { store, body } = request
    const read = readForm(MethodForm, body)
    const refuse = async (refused: string) => {
      const method = { ...(await taxMethod(deps, store)), ...('value' in read && read.value), refused }
      return portalPage(request, reply, 'pricing', 'tax-method', { ...page, method }, 422)
    }
    if ('errors' in read) return refuse(read.errors.taxes ?? 'Say who works them out.')
    const choice = { taxes: read.value.taxes, tax_inclusive: read.value.tax_inclusive === 'yes' }
    try {
      await chooseTaxes(deps, store, choice, actorOf(request))
    } catch (error) {
      if (!(error instanceof Problem) || !error.detail) throw error
      return refuse(error.detail)
    }
    return back(request, reply, '/pricing/taxes', 'tax_method')
  })
}

async function taxMethod(deps: Deps, { id, mode, taxes, tax_inclusive }: Store) {
  const standing = await stripeTaxStanding(deps, id, mode)
  return {
    taxes,
    tax_inclusive: tax_inclusive ? 'yes' : 'no',
    active: standing.standing === 'active' && standing.registered,
    standing: standingWords(standing, mode),
    dashboard: taxDashboard(mode),
    mode,
  }
}
