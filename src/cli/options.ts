import type { Mode } from '../lib/mode.ts'
import { BadCall, type Called } from './command.ts'

type Options = Called['options']

/** `--mode`, if it was given. Throws BadCall. */
export function modeOf({ mode }: Options): Mode | undefined {
  if (mode === undefined || mode === 'test' || mode === 'live') return mode
  throw new BadCall('--mode is test or live.')
}

/** `--since`, if it was given. Throws BadCall; `also` is what else it may be. */
export function sinceOf({ since }: Options, also = ''): Date | undefined {
  if (since === undefined) return undefined
  const time = new Date(String(since))
  if (!Number.isNaN(time.getTime())) return time
  throw new BadCall(`--since is ${also}a date or a time, such as 2026-11-21 or 2026-11-21T10:00:00Z.`)
}
