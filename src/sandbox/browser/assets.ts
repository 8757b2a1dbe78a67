import { readdirSync, readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { stripeJs } from './bundle.ts'

const directory = new URL('./', import.meta.url)
const types: Record<string, string> = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8' }
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
  const script = stripeJs()
  app.get('/stripe.js', (_request, reply) =>
    reply.headers({ ...headers, 'content-type': types.js, 'access-control-allow-origin': '*' }).send(script),
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
    const body = readFileSync(new URL(`${folder}/${file}`, directory), 'utf8')
    const type = types[file.slice(file.lastIndexOf('.') + 1)]
    app.get(`${prefix}/${file}`, (_request, reply) =>
      reply.headers({ ...headers, 'content-type': type }).send(body),
    )
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
