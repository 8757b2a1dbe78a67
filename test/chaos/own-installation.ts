import { type Installation, openInstallation } from '../harness/installation.ts'
import { startSandbox } from '../sandbox.ts'
import { type OwnPostgres, ownPostgres } from './postgres.ts'

export type OwnInstallation = { postgres: OwnPostgres; installation: Installation; close(): Promise<void> }

/** An installation on a Postgres and against a sandbox that are the test's own; `close` ends all three. */
export async function ownInstallation(): Promise<OwnInstallation> {
  const [postgres, sandbox] = await Promise.all([ownPostgres(), startSandbox()])
  async function closeAround() {
    await sandbox.stop()
    await postgres.close()
  }
  try {
    const installation = await openInstallation(postgres.url, sandbox.url)
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
