import type { StripeElementLocale } from '@stripe/stripe-js'
import type { Deps } from '../deps.ts'
import type { Locale } from '../lib/catalogues.ts'
import type { PagePolicy } from '../lib/pages.ts'

/**
 * A language by Stripe's name for it: its Portuguese is Portugal's unless said otherwise, and the compiler knows that it
 * speaks the rest by our names.
 */
export const stripeLocale = (locale: Locale): StripeElementLocale => (locale === 'pt-PT' ? 'pt' : locale)

/**
 * Where Stripe.js is, and what it needs of a page: https://docs.stripe.com/security/guide#content-security-policy.
 * Elsewhere Stripe.js and its API are one host.
 */
export function stripeJs({ config }: Deps): { js_url: string; policy: PagePolicy } {
  const js_url = config.stripe.jsUrl
  const { origin, hostname } = new URL(js_url)
  if (hostname === 'js.stripe.com') {
    const hosts = ['https://js.stripe.com', 'https://*.js.stripe.com']
    return {
      js_url,
      policy: {
        script: hosts,
        frame: [...hosts, 'https://hooks.stripe.com'],
        connect: ['https://api.stripe.com'],
      },
    }
  }
  return { js_url, policy: { script: [origin], frame: [origin], connect: [origin, config.stripe.apiUrl] } }
}
