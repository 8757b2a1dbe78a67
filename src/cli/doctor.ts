import { readId } from '../lib/ids.ts'
import { BadCall, type LoneCommand, type Terminal } from './command.ts'
import { examine } from './doctor/examine.ts'
import type { Finding } from './doctor/finding.ts'

/** Whether everything is right, and if not, what to do. Works, as well as it can, when nothing is. */
export const doctorCommand: LoneCommand = {
  usage: 'doctor [--store ID] [--json]',
  about:
    'look whether all is well: ok, warning or broken, with the next step; exits 1 when something is broken',
  options: { store: { type: 'string' }, json: { type: 'boolean' } },
  async alone({ terminal, options, args }) {
    if (args.length > 0) throw new BadCall('It takes options only.')
    const store = readId(options.store)
    if (options.store !== undefined && !store) throw new BadCall('--store is the UUID of a store.')
    const findings = await examine(terminal.env, store)
    if (options.json) terminal.print(JSON.stringify(findings, null, 2))
    else printTable(terminal, findings)
    return findings.some(({ state }) => state === 'broken') ? 1 : 0
  },
}

function printTable({ print }: Terminal, findings: Finding[]): void {
  const widest = (column: 'check' | 'state') => Math.max(...findings.map(finding => finding[column].length))
  const [check, state] = [widest('check'), widest('state')]
  for (const finding of findings) {
    print(`${finding.state.padEnd(state)}  ${finding.check.padEnd(check)}  ${finding.said}`)
    if (finding.next) print(`${' '.repeat(state + check + 4)}→ ${finding.next}`)
  }
}
