import { vi } from 'vitest'
import { run } from '../../src/cli/run.ts'

/** Gives the tests of a file the time that opening an embedded database for each command takes on a busy machine. */
export const commandsTakeTime = () => vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 })

/** `owntill …` as a person calls it, with these settings; `input` is what is piped in. */
export const cli =
  (env: Record<string, string>) =>
  async (words: string, input = '') => {
    const lines: string[] = []
    const complaints: string[] = []
    const code = await run(words.match(/"[^"]*"|\S+/g)?.map(word => word.replaceAll('"', '')) ?? [], {
      env,
      input: (async function* () {
        yield input
      })(),
      interactive: false,
      print: line => lines.push(line),
      complain: line => complaints.push(line),
    })
    return { code, said: lines.join('\n'), complaints: complaints.join('\n') }
  }
