/** The page was programmed wrongly. Thrown, as Stripe.js does, while what a shopper did wrong is returned. */
export class IntegrationError extends Error {
  constructor(message) {
    super(message)
    this.name = 'IntegrationError'
  }
}

/** Throws an IntegrationError unless the condition holds. */
export function insist(condition, message) {
  if (!condition) throw new IntegrationError(message)
}

/** Stripe.js warns about options it does not know and carries on. */
export function warnUnknown(place, options, known) {
  for (const name of Object.keys(options ?? {})) {
    if (!known.includes(name)) {
      console.warn(
        `[Sandbox Stripe.js] Unrecognized ${place} parameter: ${name} is not a recognized parameter.`,
      )
    }
  }
}
