import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Activity, listActivity } from '../audit/audit.ts'
import type { Action, AuditDetail } from '../audit/table.ts'
import type { Deps } from '../deps.ts'
import { Uuid } from '../lib/wire.ts'
import { portalPage } from './page.ts'

/** Who changed what, newest first. */
export const activityRoutes: FastifyPluginAsyncZod<{ deps: Deps }> = async (app, { deps }) => {
  app.get(
    '/activity',
    { schema: { querystring: z.object({ cursor: Uuid.optional().catch(undefined) }) } },
    async (request, reply) => {
      const { data, next_cursor } = await listActivity(deps.db, request.store.id, request.query)
      const entries = data.map(entry => ({
        at: entry.at.toISOString(),
        actor_kind: entry.actor_kind,
        actor: actorName(entry),
        text: SENTENCES[entry.action](entry.detail),
      }))
      const first = request.query.cursor === undefined
      return portalPage(request, reply, 'activity', 'activity', {
        title: 'Activity',
        entries,
        first,
        next_cursor,
      })
    },
  )
}

/** In whose name something was done. */
export function actorName({ actor_kind, actor, partner_name }: Activity): string {
  if (actor_kind === 'owner') return actor ?? ''
  return actor_kind === 'partner' ? (partner_name ?? 'A platform') : 'Owntill'
}

const text = (detail: AuditDetail, name: string): string => String(detail[name] ?? '')
const words = (detail: AuditDetail, name: string): string => text(detail, name).replaceAll('_', ' ')

const FIELDS: Record<string, string> = {
  name: 'name',
  owner_email: "owner's address",
  origins: 'return origins',
  logo_url: 'logo',
  color: 'colour',
  support_email: 'support address',
  support_url: 'support page',
  order_mail: 'letters about new orders',
  owner_locale: 'language of letters',
  price: 'price',
  image_url: 'picture',
  active: 'whether it is sold',
  currency: 'currency',
  stock: 'stock',
  variants: 'variants',
  tax_class: 'tax class',
  tax_code: 'tax code',
  taxes: 'who works out the taxes',
  tax_inclusive: 'whether prices contain the tax',
  shippable: 'whether it is shipped',
  amount: 'amount',
  free_from: 'free from',
  countries: 'countries',
  rate: 'rate',
  inclusive: 'whether prices contain it',
  country: 'country',
  region: 'region',
  shipping: 'whether it is on shipping',
  basis_points: 'percentage',
  minimum: 'least order',
  max_redemptions: 'how often it can be used',
  once_per_customer: 'once for each shopper',
  starts_at: 'start',
  ends_at: 'end',
  commission_bps: 'commission',
  email: 'e-mail address',
  business_type: 'kind of business',
  vendor_id: 'vendor',
}

const fields = ({ fields }: AuditDetail): string =>
  Array.isArray(fields) ? fields.map(field => FIELDS[field] ?? field).join(', ') : ''

const kind = (detail: AuditDetail): string =>
  `${text(detail, 'mode')} ${text(detail, 'key_kind')} key of ${text(detail, 'account_id')}`

const SENTENCES: Record<Action, (detail: AuditDetail) => string> = {
  'store.created': () => 'Created the store',
  'store.changed': detail => `Changed the store: ${fields(detail)}`,
  'store.mode_switched': detail => `Switched payments to ${text(detail, 'mode')} mode`,
  'product.created': detail => `Added the product “${text(detail, 'name')}”`,
  'product.changed': detail => `Changed the product “${text(detail, 'name')}”: ${fields(detail)}`,
  'product.deleted': detail => `Deleted the product “${text(detail, 'name')}”`,
  'vendor.created': detail => `Added the vendor “${text(detail, 'name')}”`,
  'vendor.changed': detail => `Changed the vendor “${text(detail, 'name')}”: ${fields(detail)}`,
  'vendor.deleted': detail => `Deleted the vendor “${text(detail, 'name')}”`,
  'vendor.onboarding_link_created': detail =>
    `Made an onboarding link for the vendor ${text(detail, 'vendor')}`,
  'vendor.payout_settled': detail =>
    `Marked as paid by hand to the vendor ${text(detail, 'vendor')}: ${text(detail, 'paid')}`,
  'shipping_rate.created': detail => `Added the shipping rate “${text(detail, 'name')}”`,
  'shipping_rate.changed': detail => `Changed the shipping rate “${text(detail, 'name')}”: ${fields(detail)}`,
  'shipping_rate.deleted': detail => `Deleted the shipping rate “${text(detail, 'name')}”`,
  'tax_rate.created': detail => `Added the tax rate “${text(detail, 'name')}”`,
  'tax_rate.changed': detail => `Changed the tax rate “${text(detail, 'name')}”: ${fields(detail)}`,
  'tax_rate.deleted': detail => `Deleted the tax rate “${text(detail, 'name')}”`,
  'discount.created': detail => `Added the discount code ${text(detail, 'name')}`,
  'discount.changed': detail => `Changed the discount code ${text(detail, 'name')}: ${fields(detail)}`,
  'discount.deleted': detail => `Deleted the discount code ${text(detail, 'name')}`,
  'keys.connected': detail => `Connected Stripe with a ${kind(detail)}`,
  'keys.replaced': detail => `Replaced the keys by a ${kind(detail)}`,
  'keys.disconnected': detail => `Disconnected Stripe in ${text(detail, 'mode')} mode`,
  'webhook_secret.saved': detail => `Saved a webhook secret for ${text(detail, 'mode')} mode`,
  'webhook.events_chosen': detail =>
    `Has Stripe report ${detail.all_events ? 'all events' : 'only the needed events'} of ${text(detail, 'mode')} mode`,
  'connect_link.created': () => 'Made a link for connecting Stripe',
  'portal_link.created': () => 'Made a link into the portal',
  'portal_link.used': () => 'Opened the portal by a link',
  'refund.issued': () => 'Issued a refund',
  'receipt.resent': () => 'Sent a receipt once more',
  'mail.retried': detail => `Had a letter sent after all (${words(detail, 'kind')})`,
  'outbox.retried': detail => `Had something told after all (${text(detail, 'kind')})`,
  'mail.dismissed': detail => `Dismissed a letter that could not be sent (${words(detail, 'kind')})`,
  'outbox.dismissed': detail => `Dismissed what could not be told (${text(detail, 'kind')})`,
  'event.replayed': detail =>
    detail.event ? `Took the event ${text(detail, 'event')} once more` : 'Took kept events once more',
  'event.dismissed': detail => `Dismissed the event ${text(detail, 'event')}: ${text(detail, 'note')}`,
  'mirror.granted': () => 'Let an analyst read the mirror',
  'mirror.revoked': () => 'Shut the analyst out of the mirror',
  'mirror.synced': detail => `Asked Stripe for all objects of ${text(detail, 'mode')} mode`,
  'notification_endpoint.saved': detail => `Set where notifications go: ${text(detail, 'url')}`,
  'notification_endpoint.deleted': detail => `Deleted the notification endpoint ${text(detail, 'endpoint')}`,
  'notification_endpoint.secret_rolled': detail =>
    `Rolled the secret of the notification endpoint ${text(detail, 'endpoint')}`,
  'notification_endpoint.replayed': detail =>
    `Asked for notifications to ${text(detail, 'endpoint')} to be sent again`,
  'notification_endpoint.disabled': detail =>
    `Stopped notifications to ${text(detail, 'url')}, which did not take them for days`,
}
