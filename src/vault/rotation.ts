import { sql } from 'kysely'
import type { Database } from '../db/database.ts'
import type { Place, Vault } from './vault.ts'

/**
 * A column that holds boxes, as its room declares it: how to name a row, and where its box is sealed. Every room
 * that seals something has one, or rotation would leave its boxes behind.
 */
export type SealedColumn = {
  table: string
  column: string
  /** The primary key. */
  key: readonly string[]
  /** What `placeOf` needs beside the key. */
  needs: readonly string[]
  placeOf(row: Record<string, unknown>): Place
}

const BATCH = 200

/** How many boxes name which key, for each column. */
export async function countBoxes(
  db: Database,
  columns: readonly SealedColumn[],
): Promise<{ table: string; column: string; kid: string; boxes: number }[]> {
  const counts = await Promise.all(
    columns.map(async ({ table, column }) => {
      const box = sql.ref(column)
      const { rows } = await sql<{ kid: string; boxes: number }>`
        select split_part(${box}, '.', 2) as kid, count(*) as boxes
        from ${sql.table(table)} where ${box} is not null group by 1 order by 1`.execute(db)
      return rows.map(row => ({ table, column, ...row }))
    }),
  )
  return counts.flat()
}

/**
 * Seals every box again with the first master key, while the service runs: each box is replaced only if it is
 * still the one that was opened, so a change at the same moment wins. May be stopped and started again at any
 * time. Forgets the canaries of keys that no box names any more. Throws BoxDoesNotOpen.
 */
export async function rotateBoxes(
  db: Database,
  vault: Vault,
  columns: readonly SealedColumn[],
  progress: (done: number) => void,
): Promise<number> {
  let done = 0
  for (const column of columns) {
    for (;;) {
      const resealed = await rotateBatch(db, vault, column)
      if (resealed === 0) break
      done += resealed
      progress(done)
    }
  }
  await forgetUnusedKeys(db, vault, columns)
  return done
}

async function rotateBatch(db: Database, vault: Vault, { table, column, key, needs, placeOf }: SealedColumn) {
  const box = sql.ref(column)
  const wanted = [...new Set([...key, ...needs, column])]
  const { rows } = await sql<Record<string, string>>`
    select ${sql.join(wanted.map(name => sql.ref(name)))} from ${sql.table(table)}
    where ${box} is not null and split_part(${box}, '.', 2) <> ${vault.kid}
    limit ${BATCH}`.execute(db)
  for (const row of rows) {
    const old = row[column]!
    const sealed = vault.seal(placeOf(row), vault.open(placeOf(row), old))
    const here = sql.join(
      key.map(name => sql`${sql.ref(name)} = ${row[name]}`),
      sql` and `,
    )
    await sql`update ${sql.table(table)} set ${box} = ${sealed} where ${here} and ${box} = ${old}`.execute(db)
  }
  return rows.length
}

async function forgetUnusedKeys(db: Database, vault: Vault, columns: readonly SealedColumn[]): Promise<void> {
  const inUse = new Set((await countBoxes(db, columns)).map(({ kid }) => kid))
  await db
    .deleteFrom('vault_canaries')
    .where('kid', 'not in', [vault.kid, ...inUse])
    .execute()
}
