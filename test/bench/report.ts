import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { type Figure, markdown } from './figures.ts'

const PAGE = new URL('../../docs/performance.md', import.meta.url)
const BEGIN = '<!-- figures: written by npm run bench -->'
const END = '<!-- end of figures -->'

/** Puts the table between the markers of docs/performance.md, with what it was measured on. `load` is the machine's before the run. */
export function writeReport(
  figures: Figure[],
  { postgres, rounds, load }: { postgres: string; rounds: number; load: number },
): void {
  const text = readFileSync(PAGE, 'utf8')
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) throw new Error('docs/performance.md has lost its markers')
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}, Postgres ${postgres}`
  const measured = `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}; medians of ${rounds} rounds.${busy(load)}`
  writeFileSync(
    PAGE,
    `${text.slice(0, begin)}${BEGIN}\n${measured}\n\n${markdown(figures)}\n${text.slice(end)}`,
  )
}

// pgbench has a process for each client and Node has one: whoever shares the cores with both takes more from Node.
const busy = (load: number): string =>
  load < cpus().length / 4
    ? ''
    : ` The machine was busy with other work (a load of ${load.toFixed(1)} before the run): rates and times are far from those of a quiet one, and what Node does alone may look slower beside pgbench than it would there. CPU for each request is the steadiest figure.`
