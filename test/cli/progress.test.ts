import { describe, expect, test } from 'vitest'
import { barLine, showProgress } from '../../src/cli/progress.ts'

const options = {
  barsize: 10,
  barCompleteString: '='.repeat(10),
  barIncompleteString: '-'.repeat(10),
  barGlue: '',
  autopaddingChar: ' ',
}
const none = { startTime: 0, stopTime: 0, maxWidth: 80 }

test.each([
  ['of how many nobody knows', { progress: 1, value: 0, total: 0, eta: 0 }, 'fetched 0'],
  ['half way', { progress: 0.5, value: 50, total: 100, eta: 4 }, 'fetched =====----- 50/100, 4s left'],
  [
    'at a pace that nobody knows',
    { progress: 0.5, value: 50, total: 100, eta: 'NULL' as never },
    'fetched =====----- 50/100',
  ],
  [
    'at a standstill',
    { progress: 0.5, value: 50, total: 100, eta: 'INF' as never },
    'fetched =====----- 50/100',
  ],
  ['at the end', { progress: 1, value: 100, total: 100, eta: 0 }, 'fetched ========== 100/100'],
])('a bar %s says what is known, and no more', (_when, params, line) => {
  expect(barLine('fetched', options, { ...none, ...params })).toBe(line)
})

describe('where nobody watches', () => {
  /** The lines that so many steps print. */
  function lines(total: number | null, steps: [done: number, total?: number | null][]): string[] {
    const said: string[] = []
    const terminal = {
      env: {},
      input: (async function* () {})(),
      interactive: false,
      print: (line: string) => said.push(line),
      complain: () => undefined,
    }
    const progress = showProgress(terminal, 'fetched', total)
    for (const step of steps) progress.at(...step)
    progress.end()
    return said
  }

  test('a line says each tenth', () => {
    expect(lines(100, [[5], [10], [19], [20]])).toEqual(['fetched 10/100', 'fetched 20/100'])
  })

  test('of a total that nobody knows only the count is said, when it has doubled, until somebody knows', () => {
    expect(
      lines(null, [
        [100, null],
        [150, null],
        [200, null],
        [300, null],
        [400, 400],
      ]),
    ).toEqual(['fetched 100', 'fetched 200', 'fetched 400/400'])
  })
})
