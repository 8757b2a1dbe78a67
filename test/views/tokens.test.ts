import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { render } from './render.ts'

const css = readFileSync(new URL('../../public/tokens.css', import.meta.url), 'utf8')
const [light = '', dark = ''] = css.split('@media screen and (prefers-color-scheme: dark)')
const colors = (part: string) =>
  new Map([...part.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, color]) => [name!, color!]))
const schemes = { light: colors(light), dark: new Map([...colors(light), ...colors(dark)]) }

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map(at => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((left, right) => left - right)
  return (lighter! + 0.05) / (darker! + 0.05)
}

const grounds = ['ground', 'surface', 'raised', 'backdrop']
const readable = [
  ...grounds.flatMap(ground => ['text', 'muted', 'link', 'bad'].map(ink => [ink, ground])),
  ...['good', 'warn', 'bad', 'note'].flatMap(tone => [
    [tone, `${tone}-ground`],
    ['text', `${tone}-ground`],
  ]),
  ['on-primary', 'primary'],
  ['on-primary', 'primary-hover'],
]

describe.each(Object.entries(schemes))('%s colours', (_scheme, tokens) => {
  test.each(readable)('%s can be read on %s', (ink, ground) => {
    expect(contrast(tokens.get(ink!)!, tokens.get(ground!)!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(
    grounds.flatMap(ground => [
      ['edge', ground],
      ['focus', ground],
    ]),
  )('%s can be seen on %s', (edge, ground) => {
    expect(contrast(tokens.get(edge!)!, tokens.get(ground!)!)).toBeGreaterThanOrEqual(3)
  })
})

test('black or white can be read on whatever colour a shop chooses', () => {
  for (let step = 0; step < 4096; step += 1) {
    const color = `#${[step >> 8, (step >> 4) & 15, step & 15].map(part => part.toString(16).repeat(2)).join('')}`
    const ink = render('parts/ink', { color }).trim() === 'ink-dark' ? '#000000' : '#ffffff'
    expect(contrast(color, ink), color).toBeGreaterThanOrEqual(4.5)
  }
})
