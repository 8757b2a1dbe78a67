import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { read } from './image.ts'

/** What a linter says against a Dockerfile, line by line. */
const faults = (text: string) =>
  validate(text)
    .map(({ range, message }) => `line ${range.start.line + 1}: ${message}`)
    .sort()

test.each(['Dockerfile', 'ops/pgbouncer.Dockerfile'])('a linter has nothing against %s', path => {
  expect(faults(read(path))).toEqual([])
})

test('a Dockerfile with a misspelled instruction and two commands would not pass', () => {
  expect(faults('FROM node:24-slim\nCOPPY src ./src\nCMD ["node"]\nCMD ["node", "src/server.ts"]')).toEqual([
    'line 2: Unknown instruction: COPPY',
    expect.stringMatching(/^line 3: There can only be one CMD instruction/),
  ])
})
