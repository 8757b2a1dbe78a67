import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// What Node makes of our source is kept beside the data when the process ends: the next start takes half as long. In a
// folder of our own and not in the machine's shared one, where others could put code; a folder that cannot be written
// to is no reason not to start. Node would make a folder that everybody can read, and nobody would close it afterwards.
const folder = process.env.DATA_DIR || '.data'
try {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  enableCompileCache(join(folder, 'compiled'))
} catch {
  // Then each start compiles.
}

const { start } = await import('./service.ts')
await start()
