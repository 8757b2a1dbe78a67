import { readdirSync, readFileSync } from 'node:fs'
import { Marked, type Tokens } from 'marked'

const FOLDER = new URL('../../docs/', import.meta.url)

/** A guide as /help shows it: HTML made of one Markdown file of docs/. */
type Guide = {
  slug: string
  title: string
  /** Its second-level headings. */
  sections: { id: string; title: string }[]
  html: string
}

type Shelf = { reader: string; about: string; slugs: readonly string[] }

/** Who reads what, in the order in which they need it. What is on no shelf stands on the last one. */
const SHELVES: readonly Shelf[] = [
  { reader: 'Merchants', about: 'You sell, and want to be paid.', slugs: ['merchants'] },
  {
    reader: 'Partners',
    about: 'You run a platform or a shop, and integrate Owntill.',
    slugs: ['integrate', 'widget'],
  },
  {
    reader: 'Operators',
    about: 'You run the service.',
    slugs: ['operate', 'runbooks', 'scaling', 'security'],
  },
]

/** Every file of docs/, rendered. Read once: the files are part of the release. */
export function readGuides(): Map<string, Guide> {
  const slugs = readdirSync(FOLDER)
    .filter(name => name.endsWith('.md'))
    .map(name => name.slice(0, -'.md'.length))
  return new Map(
    slugs.map(slug => [slug, guideOf(slug, readFileSync(new URL(`${slug}.md`, FOLDER), 'utf8'), slugs)]),
  )
}

/** The shelves that have something on them; each guide stands on one. */
export function shelvesOf(guides: Map<string, Guide>): { reader: string; about: string; guides: Guide[] }[] {
  const placed = SHELVES.flatMap(({ slugs }) => slugs)
  const rest = [...guides.keys()].filter(slug => !placed.includes(slug))
  return [...SHELVES, { reader: 'More', about: 'Figures, decisions and details.', slugs: rest }]
    .map(({ reader, about, slugs }) => ({
      reader,
      about,
      guides: slugs.flatMap(slug => guides.get(slug) ?? []),
    }))
    .filter(shelf => shelf.guides.length > 0)
}

function guideOf(slug: string, text: string, slugs: string[]): Guide {
  const sections: Guide['sections'] = []
  let title = slug
  let tables = 0
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading) {
        const html = this.parser.parseInline(tokens)
        const plain = html.replace(/<[^>]+>/g, '')
        const id = idOf(plain)
        if (depth === 1) title = plain
        if (depth === 2) sections.push({ id, title: plain })
        return `<h${depth} id="${id}">${html}</h${depth}>\n`
      },
      link({ href, tokens }: Tokens.Link) {
        const words = this.parser.parseInline(tokens)
        const target = targetOf(href, slugs)
        return target ? `<a href="${escaped(target)}">${words}</a>` : words
      },
      image({ href, text: alt }: Tokens.Image) {
        return `<img src="${escaped(`/help/${href}`)}" alt="${escaped(alt)}" loading="lazy">`
      },
      code({ text: code }: Tokens.Code) {
        return `<pre tabindex="0"><code>${escaped(code)}</code></pre>\n`
      },
      table(token: Tokens.Table) {
        // A heading without words is no heading.
        const cell = ({ tokens }: Tokens.TableCell, tag: string) =>
          tokens.length === 0 ? '<td></td>' : `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`
        const cells = (row: Tokens.TableCell[], tag: string) =>
          `<tr>${row.map(one => cell(one, tag)).join('')}</tr>`
        const rows = token.rows.map(row => cells(row, 'td')).join('\n')
        // Focusable, because on a phone it can be wider than the page and is moved by keys, too.
        return `<div class="help-table" tabindex="0" role="region" aria-label="Table ${++tables}"><table><thead>${cells(token.header, 'th')}</thead><tbody>${rows}</tbody></table></div>\n`
      },
      // Our guides have no HTML of their own: whatever looks like it is text.
      html: ({ text: raw }) => escaped(raw),
    },
  })
  const html = marked.parse(text, { async: false })
  return { slug, title, sections, html }
}

/** Where a link of a file leads in the service; undefined for what only the repository has. */
function targetOf(href: string, slugs: string[]): string | undefined {
  if (/^(https?:|#|\/)/.test(href)) return href
  const [, slug, anchor = ''] = /^([\w-]+)\.md(#[\w-]+)?$/.exec(href) ?? []
  return slug && slugs.includes(slug) ? `/help/${slug}${anchor}` : undefined
}

// As GitHub names them, so that links into a file work in both places.
const idOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/&[#\w]+;|[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
