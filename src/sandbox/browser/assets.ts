import { readdirSync, readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { packed, sendPacked } from '../../lib/packed.ts'
import { stripeJs } from './bundle.ts'

const directory = new URL('./', import.meta.url)
const types = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' }
const headers = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }

// What is shown inside a frame: the script that draws it, the style it is drawn in, its title.
const frames: Record<string, { script: string; style: string; title: string }> = {
  payment: { script: 'payment', style: 'frames', title: 'Secure payment input' },
  expressCheckout: { script: 'expressCheckout', style: 'frames', title: 'Express checkout' },
  address: { script: 'address', style: 'frames', title: 'Address input' },
  linkAuthentication: { script: 'email', style: 'frames', title: 'Email input' },
  wallet: { script: 'wallet', style: 'dialog', title: 'Wallet' },
}
const framePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

/** `/stripe.js`, the documents inside its frames, and the styles and scripts of all the sandbox's pages. */
export function assets(app: FastifyInstance): void {
  const script = packed(stripeJs(), types.js)
  app.get('/stripe.js', (request, reply) =>
    sendPacked(request, reply.headers({ ...headers, 'access-control-allow-origin': '*' }), script),
  )
  for (const [name, { script, style, title }] of Object.entries(frames)) {
    app.get(`/stripe.js/frames/${name}`, (_request, reply) =>
      reply
        .headers({
          ...headers,
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': framePolicy,
        })
        .send(frameDocument(script, style, title)),
    )
  }
  serve(app, 'frames', '/stripe.js/assets/frames')
  serve(app, 'shared', '/stripe.js/assets/shared')
  serve(app, 'pages', '/console/assets')
}

function serve(app: FastifyInstance, folder: string, prefix: string): void {
  for (const file of readdirSync(new URL(folder, directory))) {
    const type = file.endsWith('.css') ? types.css : types.js
    const body = packed(readFileSync(new URL(`${folder}/${file}`, directory)), type)
    app.get(`${prefix}/${file}`, (request, reply) => sendPacked(request, reply.headers(headers), body))
  }
}

const frameDocument = (script: string, style: string, title: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/stripe.js/assets/frames/${style}.css">
<script type="module" src="/stripe.js/assets/frames/${script}.js"></script>
</head>
<body><main></main></body>
</html>
`
