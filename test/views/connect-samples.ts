import { type Sample, store } from './sample-store.ts'

const permissions = [
  { name: 'payment_intents', label: 'PaymentIntents', granted: true },
  { name: 'refunds', label: 'Charges and Refunds', granted: true },
  {
    name: 'webhook_endpoints',
    label: 'Webhook Endpoints',
    granted: false,
    without: 'you set up the webhook by hand.',
  },
  { name: 'disputes', label: 'Disputes', granted: false, without: 'disputes are not shown here.' },
]
const form = {
  title: 'Connect Blue Bottle Books to Stripe',
  store,
  return_url: 'https://shop.example/settings',
  ct: 'ct_secret',
  values: {},
  errors: [],
  webhook: { shared_url: 'https://pay.owntill.example/webhook/stripe' },
}
const connected = {
  title: 'Connected',
  store,
  mode: 'test',
  account_id: 'acct_1ALICE000000000',
  account_name: 'Blue Bottle Books Ltd',
  key_kind: 'restricted',
  permissions: permissions.map(permission => ({ ...permission, granted: true })),
  webhook: 'unproven',
}
/** The form for keys, and what follows it. */
export const connectSamples: Sample[] = [
  { name: 'connect', template: 'connect/form', model: form },
  {
    name: 'connect-errors',
    template: 'connect/form',
    model: {
      ...form,
      values: { publishable_key: 'pk_live_51ALICE000000000Public' },
      errors: [
        { field: 'publishable_key', detail: 'One key is for test mode, the other for live mode.' },
        { field: 'webhook_secret', detail: 'This is the id of the endpoint. Its secret begins with whsec_.' },
      ],
    },
  },
  {
    name: 'connect-problem',
    template: 'connect/form',
    model: {
      ...form,
      values: { publishable_key: 'pk_test_51ALICE000000000Public' },
      problem: {
        title: 'Invalid API key',
        detail: 'Stripe does not know this secret key. It may have been revoked.',
      },
      errors: [{ field: 'secret_key', detail: 'Stripe refused this key.' }],
    },
  },
  { name: 'connected', template: 'connect/success', model: connected },
  {
    name: 'connected-missing',
    template: 'connect/success',
    model: {
      ...connected,
      key_kind: 'secret',
      key_note:
        'This is an unrestricted secret key. A restricted key is safer: it can do only what a checkout needs.',
      webhook: 'missing',
      webhook_url: 'https://pay.owntill.example/webhook/stripe',
      permissions,
    },
  },
  {
    name: 'connected-public',
    template: 'connect/connected',
    model: { title: 'Connected', portal_url: `/portal/${store.id}/payments` },
  },
  {
    name: 'link',
    template: 'connect/link',
    model: {
      title: 'Link not valid',
      heading: 'This link does not work any more',
      text: 'It has been used, has expired or is incomplete. Please ask for a new one where you got it.',
    },
  },
]
