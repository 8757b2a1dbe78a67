import type { Config } from '../../config.ts'
import type { Database } from '../../db/database.ts'

type State = 'ok' | 'warning' | 'broken' | 'not checked'

/** What the doctor says about one thing. `next`: what to do about it; absent when nothing is to be done. */
export type Finding = { check: string; state: State; said: string; next?: string }

export type Patient = { config: Config; db: Database }

export const ok = (check: string, said: string): Finding => ({ check, state: 'ok', said })

export const warning = (check: string, said: string, next: string): Finding => ({
  check,
  state: 'warning',
  said,
  next,
})

export const broken = (check: string, said: string, next: string): Finding => ({
  check,
  state: 'broken',
  said,
  next,
})

/** Only the code of a failure: its message may repeat an address with a password in it. */
export const codeOf = (error: unknown): string => {
  const { code, cause, name } = error as { code?: string; cause?: { code?: string }; name?: string }
  return code ?? cause?.code ?? name ?? 'unknown'
}
