import { SingleBar } from 'cli-progress'
import type { Terminal } from './command.ts'

export type Progress = { at(done: number): void; end(): void }

/** How far long work is: a bar with an estimate on a terminal, a plain line for every tenth of it elsewhere. */
export function showProgress(terminal: Terminal, what: string, total: number): Progress {
  return terminal.interactive && total > 0 ? bar(what, total) : lines(terminal, what, total)
}

function bar(what: string, total: number): Progress {
  const single = new SingleBar({
    format: `${what} {bar} {value}/{total}, {eta_formatted} left`,
    clearOnComplete: false,
  })
  single.start(total, 0)
  return { at: done => single.update(done), end: () => single.stop() }
}

function lines({ print }: Terminal, what: string, total: number): Progress {
  let told = 0
  return {
    at(done) {
      const tenths = Math.floor((10 * done) / Math.max(total, 1))
      if (tenths <= told) return
      told = tenths
      print(`${what} ${done}/${total}`)
    },
    end() {},
  }
}
