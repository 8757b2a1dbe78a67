import { readdirSync, readFileSync } from 'node:fs'
import { stripeJs } from './bundle.ts'
import type { Page } from './page.ts'

const directory = new URL('./', import.meta.url)
const types = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' } as const

const frames: Record<string, { script: string; title: string }> = {
  payment: { script: 'payment', title: 'Secure payment input' },
  expressCheckout: { script: 'expressCheckout', title: 'Express checkout' },
  address: { script: 'address', title: 'Address input' },
  linkAuthentication: { script: 'email', title: 'Email input' },
  wallet: { script: 'wallet', title: 'Wallet' },
}

/** Everything under /stripe.js: the script, the documents inside its frames and what those load. */
export function loadAssets(): Map<string, Page> {
  const assets = new Map<string, Page>()
  const add = (path: string, type: string, body: string, headers: Record<string, string> = {}) =>
    assets.set(path, { status: 200, headers: { 'content-type': type, ...shared, ...headers }, body })

  add('/stripe.js', types.js, stripeJs(), { 'access-control-allow-origin': '*' })
  for (const folder of ['frames', 'shared', 'pages']) {
    for (const file of readdirSync(new URL(folder, directory))) {
      const type = types[file.split('.').at(-1) as keyof typeof types]
      if (!type) continue
      const body = readFileSync(new URL(`${folder}/${file}`, directory), 'utf8')
      add(`/stripe.js/assets/${folder}/${file}`, type, body)
    }
  }
  for (const [name, { script, title }] of Object.entries(frames)) {
    add(`/stripe.js/frames/${name}`, 'text/html; charset=utf-8', frameDocument(script, title), {
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'",
    })
  }
  return assets
}

const shared = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }

const frameDocument = (script: string, title: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/stripe.js/assets/frames/${script === 'wallet' ? 'dialog' : 'frames'}.css">
<script type="module" src="/stripe.js/assets/frames/${script}.js"></script>
</head>
<body><main></main></body>
</html>
`
