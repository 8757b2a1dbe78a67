import { readFileSync } from 'node:fs'

/**
 * Loaded into a process of the service (`node --import`): its wall clock is off by what the file says, in milliseconds,
 * and steps whenever the file changes. Timers go on as before, as they do when a real clock is set.
 */
const True = Date
let offset = 0
setInterval(() => {
  offset = Number(readFileSync(process.env.STEPPING_CLOCK!, 'utf8'))
}, 20).unref()

globalThis.Date = class extends True {
  constructor(...values: [] | ConstructorParameters<typeof True>) {
    if (values.length === 0) super(True.now() + offset)
    else super(...values)
  }

  static override now(): number {
    return True.now() + offset
  }
} as DateConstructor
