import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'
import { integrity } from '../../src/lib/assets.ts'
import type { PickedLocale } from '../../src/lib/languages.ts'
import { translator } from '../../src/lib/messages.ts'

const eta = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true })

export const nonce = 'bm9uY2Utb2YtdGhlLXRlc3Q='

/** Renders a page as the service does: the page's own model, and what every page carries. */
export function render(
  template: string,
  model: object,
  language: PickedLocale = { locale: 'en', dir: 'ltr' },
) {
  const common = {
    nonce,
    asset: (path: string) => `/assets/${path}`,
    integrity,
    ...language,
    t: translator(language.locale),
    title: 'Owntill',
    request_id: 'req-018f',
  }
  return eta.render(template, { ...common, ...model })
}
