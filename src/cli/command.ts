import type { ParseArgsOptionsConfig } from 'node:util'
import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'

/** The world outside: settings, what is typed or piped in, and where lines go. */
export type Terminal = {
  env: Record<string, string | undefined>
  input: AsyncIterable<Buffer | string>
  /** A person watches: progress may move. */
  interactive: boolean
  print(line: string): void
  complain(line: string): void
}

export type Called = {
  config: Config
  db: Database
  terminal: Terminal
  /** What stands after the command's name. */
  args: string[]
  options: Record<string, string | boolean | undefined>
}

/** One thing `owntill` does. */
export type Command = {
  /** How it is called, after `owntill`. */
  usage: string
  about: string
  options?: ParseArgsOptionsConfig
  /** Whether it works on a database that is not migrated yet. */
  anySchema?: boolean
  run(called: Called): Promise<void>
}

/** A command that must work even when settings and database do not. `alone` answers the exit code. */
export type LoneCommand = Pick<Command, 'usage' | 'about' | 'options'> & {
  alone(called: Pick<Called, 'terminal' | 'args' | 'options'>): Promise<number>
}

/** It was called in a way that makes no sense: said together with how to call it. */
export class BadCall extends Error {}
