import { readdirSync, readFileSync } from 'node:fs'

// Linux counts in ticks of 1/100 s, whatever the kernel's own clock does.
const TICK = 10_000

/** CPU that a process has used so far, in microseconds; with its children, also those that have ended. */
export function cpuOf(pid: number, { children = false } = {}): number {
  const own = statOf(pid)
  if (!own) return 0
  if (!children) return own.cpu
  const living = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => statOf(Number(name)))
    .filter(stat => stat?.parent === pid)
  return own.cpu + own.ended + living.reduce((sum, stat) => sum + stat!.cpu + stat!.ended, 0)
}

/** Memory that a process holds now and at most so far, in MB. */
export function memoryOf(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const read = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { now: read('VmRSS'), most: read('VmHWM') }
}

// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: what follows the command's name in brackets.
function statOf(pid: number): { parent: number; cpu: number; ended: number } | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return undefined // it has ended since the folder was read
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map(at => fields[at]!)
  return { parent: parent!, cpu: (user! + system!) * TICK, ended: (endedUser! + endedSystem!) * TICK }
}
