import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Site = { origin: string; close(): Promise<void> }

/**
 * A merchant's own web site: one page on an origin of its own, with the widget of `service` and a strict policy.
 * The query says how the page is made: `store`, `lang`, `dir`, `load` (async or defer), `times` the script tag is
 * there, `more` attributes for it.
 */
export async function openSite(service: string, storeId: string): Promise<Site> {
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://site')
    if (url.pathname === '/style.css') {
      // A page may say what it likes about every element: the drawer is not its element.
      const css = 'html { font-size: 8px; color-scheme: light dark } button { all: unset; font-weight: 900 }'
      return response.writeHead(200, { 'content-type': 'text/css' }).end(css)
    }
    const policy = `default-src 'none'; script-src ${service}; connect-src ${service}; img-src ${service}; style-src 'self'`
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
    response.end(page(service, { store: storeId, ...Object.fromEntries(url.searchParams) }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}

const page = (
  service: string,
  { store, lang = 'en', dir = 'ltr', load = 'async', times = '1', more = '' }: Asked,
) => `
<!doctype html>
<html lang="${lang}" dir="${dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Static shop</title>
<link rel="stylesheet" href="/style.css">
${`<script ${load} src="${service}/widget.js" data-store="${store}" ${more}></script>`.repeat(Number(times))}
</head>
<body>
<main>
<h1>Static shop</h1>
<p><button id="mug" data-product="mug">Buy the <b>mug</b></button></p>
<p><button id="beans" data-product="beans" data-quantity="3">Three bags of beans</button></p>
<p><select id="size" aria-label="Size" data-variant-of="shirt"><option value="s">Small</option><option value="l">Large</option></select>
<button id="shirt" data-product="shirt">Buy the shirt</button> <button id="shirt-small" data-product="shirt" data-variant="s">A small one</button></p>
<p><button id="yacht" data-product="yacht">Buy a yacht</button></p>
</main>
</body>
</html>`

type Asked = { store: string; lang?: string; dir?: string; load?: string; times?: string; more?: string }
