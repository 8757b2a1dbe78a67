import { type Installation, openInstallation } from '../harness/installation.ts'
import { startSandbox } from '../sandbox.ts'
import { type OwnPostgres, ownPostgres } from './postgres.ts'

export type OwnInstallation = { postgres: OwnPostgres; installation: Installation; close(): Promise<void> }

/**
 * An installation on a Postgres and against a sandbox that are the test's own; `close` ends all three. `more`: settings of
 * its environment.
 */
export async function ownInstallation(more: Record<string, string> = {}): Promise<OwnInstallation> {
  const [postgres, sandbox] = await Promise.all([ownPostgres(), startSandbox()])
  async function closeAround() {
    await sandbox.stop()
    await postgres.close()
  }
  try {
    const installation = await openInstallation(postgres.url, sandbox.url, more)
    return {
      postgres,
      installation,
      async close() {
        await installation.close()
        await closeAround()
      },
    }
  } catch (error) {
    await closeAround()
    throw error
  }
}
