import type { Bench } from './sections.ts'

type Contest = Record<string, () => Promise<unknown>>

/**
 * Runs every contestant once to warm up and then in turn, round after round, in changing order, so that no one
 * always runs in the shadow of another. Answers each one's rounds.
 */
export async function rounds<C extends Contest>(
  { rounds: count, say }: Bench,
  title: string,
  contest: C,
): Promise<{ [Name in keyof C]: Awaited<ReturnType<C[Name]>>[] }> {
  const names = Object.keys(contest)
  const results = Object.fromEntries(names.map(name => [name, [] as unknown[]]))
  say(`${title}: warming up`)
  for (const name of names) await contest[name]!()
  for (let round = 0; round < count; round++) {
    say(`${title}: round ${round + 1} of ${count}`)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      results[name]!.push(await contest[name]!())
    }
  }
  return results as never
}
