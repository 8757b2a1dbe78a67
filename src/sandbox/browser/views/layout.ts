import { type Html, html } from '../html.ts'

interface Layout {
  title: string
  /** `console` has the navigation of whoever runs the sandbox, `hosted` is what shoppers and vendors see. */
  kind: 'console' | 'hosted'
  body: Html
  /** Shown over a merchant's page instead of on its own. */
  view?: 'dialog'
  /** Scripts of the sandbox's own, by address: classic ones, and modules. */
  scripts?: string[]
  modules?: string[]
  locale?: string
}

/** A whole page of the sandbox. Says on each one that no real money is near. */
export function layout({
  title,
  kind,
  view,
  body,
  scripts = [],
  modules = [],
  locale = 'en',
}: Layout): string {
  const page = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${!view && html`<meta name="color-scheme" content="light dark">`}
<title>${title} · Sandbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/console/assets/${kind}.css">
${scripts.map(name => html`<script src="${name}" defer></script>`)}
${modules.map(name => html`<script src="${name}" type="module"></script>`)}
</head>
<body class="${kind} ${view}">
${kind === 'console' ? consoleHeader : testBanner}
${body}
</body>
</html>`
  return page.text
}

const consoleHeader = html`<header class="top">
<a class="brand" href="/console"><span aria-hidden="true">◧</span> Sandbox console</a>
<p class="badge">Stands in for Stripe: no real money</p>
</header>`

const testBanner = html`<header class="test"><p>Sandbox: test payments only, no real money moves.</p></header>`
