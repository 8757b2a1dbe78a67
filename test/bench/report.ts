import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Figure, markdown } from './figures.ts'

const PAGE = new URL('../../docs/performance.md', import.meta.url)
const BEGIN = '<!-- figures: written by npm run bench -->'
const END = '<!-- end of figures -->'

/** Puts the table between the markers of docs/performance.md, with what it was measured on. */
export function writeReport(figures: Figure[], postgresVersion: string, rounds: number): void {
  const text = readFileSync(PAGE, 'utf8')
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has lost its markers')
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, Postgres ${postgresVersion}`
  const measured = `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}; medians of ${rounds} rounds.`
  writeFileSync(
    PAGE,
    `${text.slice(0, begin)}${BEGIN}\n${measured}\n\n${markdown(figures)}\n${text.slice(end)}`,
  )
}
