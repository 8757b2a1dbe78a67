/** Markup that is known to be safe to send. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Shown = Html | string | number | null | undefined | false | Shown[]

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function markup(value: Shown): string {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(markup).join('')
  if (value === null || value === undefined || value === false) return ''
  return String(value).replace(/[&<>"']/g, character => entities[character]!)
}

/** A piece of a page. Everything put into it is escaped, except pieces of pages. */
export function html(strings: TemplateStringsArray, ...values: Shown[]): Html {
  return new Html(strings.reduce((text, part, index) => text + markup(values[index - 1]) + part))
}
