import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Deps } from '../deps.ts'
import { line, WebUrl } from '../lib/wire.ts'
import { vendorChoices } from '../marketplace/vendors.ts'
import { toPercentage } from '../pricing/percentage.ts'
import { Color, Origin, OwnerLocaleName } from '../stores/schemas.ts'
import { changeStore } from '../stores/stores.ts'
import type { Store } from '../stores/table.ts'
import { type FieldErrors, fieldErrors, lines, optional, readForm, ticked, typed } from './forms.ts'
import { actorOf, CHANGES } from './guard.ts'
import { back, portalPage } from './page.ts'
import { Commission, WRONG_COMMISSION } from './vendor-form.ts'

const SettingsForm = z.object({
  name: z.string().trim().min(1, 'A store needs a name.').pipe(line(120)),
  logo_url: optional(WebUrl, 'This is not the address of a picture. Example: https://shop.example/logo.png'),
  color: optional(Color, 'Write a colour such as #1a7f64.'),
  support_email: optional(z.email().max(254), 'This does not look like an e-mail address.'),
  support_url: optional(WebUrl, 'This is not the address of a page. Example: https://shop.example/help'),
  order_mail: ticked,
  owner_locale: OwnerLocaleName.optional(),
  // Only asked for where there are vendors.
  commission: optional(Commission, WRONG_COMMISSION).pipe(z.int(WRONG_COMMISSION)).optional(),
  origins: lines(Origin, 'Write one address a line, such as https://shop.example, without a path.').pipe(
    z.array(z.string()).max(20, 'At most 20 addresses.'),
  ),
})

/** What shoppers see of the store, and where checkouts may return to. */
export const settingRoutes: FastifyPluginAsync<{ deps: Deps }> = async (app, { deps }) => {
  const { db, config } = deps

  app.get('/settings', async (request, reply) => draw(request, reply))

  app.post('/settings', { config: CHANGES }, async (request, reply) => {
    const read = readForm(SettingsForm, request.body)
    if ('errors' in read) return draw(request, reply, read.errors)
    const { commission, ...plain } = read.value
    const change = { ...plain, ...(commission !== undefined && { commission_bps: commission }) }
    try {
      await changeStore(db, config, request.store, change, actorOf(request))
    } catch (error) {
      return draw(request, reply, fieldErrors(error))
    }
    return back(request, reply, '/settings', 'settings')
  })

  async function draw(request: FastifyRequest, reply: FastifyReply, errors?: FieldErrors) {
    const vendors = await vendorChoices(db, request.store)
    return settingsPage(request, reply, vendors.length > 0, errors)
  }
}

function settingsPage(
  request: FastifyRequest,
  reply: FastifyReply,
  has_vendors: boolean,
  errors: FieldErrors = {},
): FastifyReply {
  const wrong = Object.keys(errors).length > 0
  return portalPage(
    request,
    reply,
    'settings',
    'settings',
    {
      title: 'Settings',
      values: wrong ? typed(request.body) : valuesOf(request.store),
      color: request.store.color,
      has_vendors,
      facts: { currency: request.store.currency.toUpperCase(), owner_email: request.store.owner_email },
      errors,
    },
    wrong ? 422 : 200,
  )
}

const valuesOf = (store: Store) => ({
  name: store.name,
  logo_url: store.logo_url ?? '',
  color: store.color ?? '',
  support_email: store.support_email ?? '',
  support_url: store.support_url ?? '',
  origins: store.origins.join('\n'),
  order_mail: store.order_mail ? 'on' : '',
  owner_locale: store.owner_locale,
  commission: toPercentage(store.commission_bps, 2),
})
