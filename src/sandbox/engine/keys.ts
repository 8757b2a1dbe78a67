import { forbidden, unauthorized } from './refusal.ts'

/**
 * An API key. It needs no registration: the account stands in the key, as in Stripe's own
 * (`sk_test_51` + 14 characters of account + any rest).
 */
export interface Key {
  text: string
  kind: 'secret' | 'restricted' | 'publishable'
  account: string
  livemode: boolean
  /** Areas that a restricted key's rest takes away. */
  lacks: Area[]
}

/** What an operation touches; the permission is `rak_<area>_<right>` in Stripe's refusals. */
type Area =
  | 'account'
  | 'balance'
  | 'catalog'
  | 'charge'
  | 'checkout_session'
  | 'connected_account'
  | 'customer'
  | 'dispute'
  | 'event'
  | 'payment_intent'
  | 'payment_method'
  | 'refund'
  | 'tax'
  | 'webhook'
export type Permission = `${Area}.${'read' | 'write'}`

const markers: Record<string, Area> = {
  NoAccount: 'account',
  NoConnect: 'connected_account',
  NoCatalog: 'catalog',
  NoDisputes: 'dispute',
  NoIntents: 'payment_intent',
  NoRefunds: 'refund',
  NoTax: 'tax',
  NoWebhooks: 'webhook',
}
const kinds = { sk: 'secret', rk: 'restricted', pk: 'publishable' } as const
const pattern = /^(sk|rk|pk)_(test|live)_51([A-Za-z0-9]{14})([A-Za-z0-9]{1,200})$/
const known = new Map<string, Key>()

/** Reads a key. 401 for none, a malformed or a revoked one, in the words Stripe uses for each. */
export function readKey(text: string | undefined): Key {
  if (!text) {
    throw unauthorized(
      'You did not provide an API key. You need to provide your API key in the Authorization header, using ' +
        "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication " +
        'for details, or we can help at https://support.stripe.com/.',
    )
  }
  const seen = known.get(text)
  if (seen) return seen
  const [, kind, mode, account, rest] = pattern.exec(text) ?? []
  if (!kind || !mode || !account || !rest) throw unauthorized(`Invalid API Key provided: ${masked(text)}`)
  if (rest.includes('Revoked')) {
    throw unauthorized(`Expired API Key provided: ${masked(text)}`, { code: 'api_key_expired' })
  }
  const key: Key = {
    text,
    kind: kinds[kind as keyof typeof kinds],
    account: `acct_1${account}`,
    livemode: mode === 'live',
    lacks:
      kind === 'rk' ? Object.keys(markers).flatMap(name => (rest.includes(name) ? markers[name]! : [])) : [],
  }
  if (known.size > 10_000) known.clear()
  known.set(text, key)
  return key
}

/** The key of `Authorization: Bearer …` or `Basic …` (key as the user name). */
export function keyOf(authorization: string | undefined): string | undefined {
  if (!authorization) return undefined
  const [scheme, value = ''] = authorization.split(' ', 2)
  if (scheme?.toLowerCase() === 'bearer') return value
  if (scheme?.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString().split(':', 1)[0]
  return undefined
}

/** Refuses what a restricted key may not do, naming the permission it lacks. */
export function allow(key: Key, needs: Permission, account: string): void {
  if (key.lacks.length === 0) return
  const [area, right] = needs.split('.') as [Area, string]
  if (!key.lacks.includes(area)) return
  throw forbidden(
    `The provided key '${masked(key.text)}' does not have the required permissions for this endpoint on ` +
      `account '${account}'. Having the 'rak_${area}_${right}' permission would allow this request to continue.`,
  )
}

/** Stripe shows the prefix and the last four characters of a key, never more. */
export function masked(text: string): string {
  const prefix = /^(sk|rk|pk)_(test|live)_/.exec(text)?.[0] ?? ''
  const rest = text.slice(prefix.length)
  return prefix + '*'.repeat(Math.max(0, Math.min(rest.length - 4, 40))) + rest.slice(-4)
}
