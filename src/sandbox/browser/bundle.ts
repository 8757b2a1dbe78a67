import { readFileSync } from 'node:fs'

const directory = new URL('./', import.meta.url)

// In the order they build on each other. They are written as modules, so that editor and linter understand
// them, and served as one classic script, because that is what a page expects Stripe.js to be.
const parts = [
  'shared/api.js',
  'stripejs/origin.js',
  'stripejs/errors.js',
  'stripejs/api.js',
  'stripejs/emitter.js',
  'stripejs/frame.js',
  'stripejs/backdrop.js',
  'stripejs/dialog.js',
  'stripejs/element.js',
  'stripejs/methods.js',
  'stripejs/options.js',
  'stripejs/express.js',
  'stripejs/elements.js',
  'stripejs/collect.js',
  'stripejs/actions.js',
  'stripejs/confirm.js',
  'stripejs/stripe.js',
]

/** The sandbox's Stripe.js as one script: the parts without their import lines and export words. */
export function stripeJs(): string {
  const bodies = parts.map(part =>
    readFileSync(new URL(part, directory), 'utf8')
      .replace(/^import [^;]*? from '[^']+'\n/gm, '')
      .replace(/^export /gm, ''),
  )
  return `(() => {\n'use strict'\n${bodies.join('\n')}\n})()\n`
}
