import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'

/**
 * The headers that protect every answer. Worked out once: they are the same for all, and Helmet would write the policy
 * anew for each. HTTPS is asked for in production only.
 */
export function protectingHeaders(production: boolean): Record<string, string> {
  const answer = new ServerResponse(new IncomingMessage(new Socket()))
  const protect = helmet({
    // Pages bring a policy of their own (lib/pages.ts); what is not a page may load nothing at all.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
    strictTransportSecurity: production && { maxAge: 63_072_000, includeSubDomains: true },
    // Not no-referrer: browsers then send `Origin: null` with our own forms. Other sites are told nothing.
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    // Stripe.js opens windows for some payment methods and needs to hear from them.
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
  })
  protect(answer.req, answer, error => {
    if (error) throw error
  })
  return answer.getHeaders() as Record<string, string>
}
