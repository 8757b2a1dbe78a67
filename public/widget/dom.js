const SVG = 'http://www.w3.org/2000/svg'

/** An element with attributes, and what it does when it is clicked; texts go in as texts, never as HTML. */
export function make(tag, { click, ...attributes } = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(name, value)
  }
  if (click) node.addEventListener('click', click)
  node.append(...children)
  return node
}

/** A drawing of strokes in the colour of the text around it. */
export function icon(path) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const strokes = document.createElementNS(SVG, 'path')
  strokes.setAttribute('d', path)
  svg.append(strokes)
  return svg
}

export const icons = {
  bag: 'M5 8h14l1 12H4zM8.5 8V7a3.5 3.5 0 0 1 7 0v1',
  close: 'M6 6l12 12M18 6L6 18',
  less: 'M6 12h12',
  more: 'M6 12h12M12 6v12',
}

/**
 * Black or white, whichever can be read on the ground of a node (WCAG 2.2, relative luminance); undefined for
 * a ground that is not told as rgb().
 */
export function inkOn(node) {
  const rgb = getComputedStyle(node).backgroundColor.match(/^rgba?\((\d+), (\d+), (\d+)/)
  if (!rgb) return undefined
  const [red, green, blue] = rgb
    .slice(1)
    .map(part => part / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#000' : '#fff'
}
