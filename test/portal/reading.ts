/** What is read on a page, without its tags. */
export const read = (html: string): string =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&quot;', '"')

/** Where the forms of a page go, of those with `part` in their address. */
export const actions = (html: string, part: string): string[] =>
  [...html.matchAll(/action="([^"]+)"/g)].map(([, path]) => path!).filter(path => path.includes(part))
