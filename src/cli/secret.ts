import { readFile } from 'node:fs/promises'
import { newSecret } from '../lib/ids.ts'
import { Secret } from '../lib/secret.ts'
import { BadCall, type Called } from './command.ts'

/** Where a secret comes from. Never an argument: those are in the shell's history and in every process list. */
export const SECRET_OPTIONS = { stdin: { type: 'boolean' }, file: { type: 'string' } } as const

const SHORTEST = 32

/** The secret to use, and whether we made it (then it is printed, this once). */
export async function secretFor({
  options,
  terminal,
}: Called): Promise<{ secret: Secret; made: string | undefined }> {
  if (options.stdin && options.file) throw new BadCall('Give either --stdin or --file.')
  if (!options.stdin && !options.file) {
    const made = newSecret()
    return { secret: new Secret(made), made }
  }
  const text = options.stdin ? await allOf(terminal.input) : await contentOf(String(options.file))
  const secret = text.trim()
  if (secret.length < SHORTEST) throw new BadCall(`A secret has at least ${SHORTEST} characters.`)
  if (/[^\x21-\x7e]/.test(secret)) throw new BadCall('A secret is one line of visible ASCII characters.')
  return { secret: new Secret(secret), made: undefined }
}

async function allOf(input: AsyncIterable<Buffer | string>): Promise<string> {
  let text = ''
  for await (const chunk of input) text += chunk
  return text
}

async function contentOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new BadCall(`${file} cannot be read.`)
  }
}
