/** `CHAOS=short` is what continuous integration has time for. */
const short = process.env.CHAOS === 'short'

/** A number for the long form, and one for the short. */
export const size = (long: number, quick: number): number => (short ? quick : long)

/** One line of what was measured, for people. */
export function report(what: string, figures: Record<string, number | string>): void {
  const said = Object.entries(figures).map(([name, value]) => `${name} ${value}`)
  console.log(`${what}: ${said.join(' / ')}`)
}
