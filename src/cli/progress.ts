import cliProgress, { type Options, type Params } from 'cli-progress'
import type { Terminal } from './command.ts'

type Progress = {
  /** `total` when it turned out to be another one; null while nobody knows. */
  at(done: number, total?: number | null): void
  end(): void
}

/**
 * How far long work is: a bar with an estimate on a terminal, a plain line for every tenth of it elsewhere. While nobody
 * knows how much there is, `total` is null: then a count, and a line whenever it has doubled.
 */
export function showProgress(terminal: Terminal, what: string, total: number | null): Progress {
  return terminal.interactive ? bar(what, total) : lines(terminal, what, total)
}

/** The line of a bar. What nobody can know yet is left out: how many there will be, and how long it takes. */
export function barLine(what: string, options: Options, { progress, value, total, eta }: Params): string {
  // What the library is told for a total that nobody knows: its own is a number.
  if (total === 0) return `${what} ${value}`
  // The library says NULL and INF for what it cannot tell.
  const left =
    Number.isFinite(eta) && value < total
      ? `, ${cliProgress.Format.TimeFormat(eta, options, 1).trim()} left`
      : ''
  return `${what} ${cliProgress.Format.BarFormat(progress, options)} ${value}/${total}${left}`
}

function bar(what: string, total: number | null): Progress {
  const single = new cliProgress.SingleBar({
    format: (options, params) => barLine(what, options, params),
    clearOnComplete: false,
  })
  single.start(total ?? 0, 0)
  return {
    at(done, now) {
      if (now !== undefined) single.setTotal(now === null ? 0 : Math.max(now, done))
      single.update(done)
    },
    end: () => single.stop(),
  }
}

function lines({ print }: Terminal, what: string, total: number | null): Progress {
  let told = 0
  return {
    at(done, now = total) {
      if (done - told < Math.max(now === null ? told : now / 10, 1)) return
      told = done
      print(`${what} ${done}${now === null ? '' : `/${now}`}`)
    },
    end() {},
  }
}
