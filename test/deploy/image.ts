import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HOUSE = fileURLToPath(new URL('../../', import.meta.url))
export const read = (path: string) => readFileSync(HOUSE + path, 'utf8')

const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ')
const lines = (word: string) =>
  [...dockerfile.matchAll(new RegExp(`^${word} (.*)$`, 'gm'))].map(([, rest]) => rest!)

/** What the Dockerfile says, as far as it matters without an engine. */
export const image = {
  command: JSON.parse(lines('CMD')[0]!) as string[],
  /** What is run when the image is built, once the files are in place. */
  prepared: JSON.parse(lines('RUN').at(-1)!) as string[],
  healthCheck: JSON.parse(/CMD (\[.*\])/.exec(lines('HEALTHCHECK')[0]!)![1]!) as string[],
  user: lines('USER').at(-1),
  /** What is taken from the checkout. */
  copied: [
    ...new Set(
      lines('COPY')
        .filter(line => !line.startsWith('--from'))
        .flatMap(line => line.split(' ').slice(0, -1)),
    ),
  ],
}

type Lock = { packages: Record<string, { dev?: boolean; devOptional?: boolean }> }

/** A new folder with what the image holds: the copied paths, and the packages that `npm ci --omit=dev` installs. */
export function layOut(): string {
  const folder = mkdtempSync(join(tmpdir(), 'owntill-image-'))
  chmodSync(folder, 0o755)
  for (const path of image.copied) cpSync(HOUSE + path, join(folder, path), { recursive: true })
  const { packages } = JSON.parse(read('package-lock.json')) as Lock
  for (const [path, { dev, devOptional }] of Object.entries(packages)) {
    const wanted = path.startsWith('node_modules/') && !dev && !devOptional
    if (wanted && existsSync(HOUSE + path)) cpSync(HOUSE + path, join(folder, path), { recursive: true })
  }
  return folder
}
