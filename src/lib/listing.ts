/** Which part of a list is asked for: so many, behind the last one of the part before. */
export type Part = { cursor?: string | undefined; limit?: number }

/** A part of a list; `next_cursor` is null where the list ends. */
export type Listed<Row> = { data: Row[]; next_cursor: string | null }

/** The part that a query for `limit + 1` rows found: the one row more says whether the list goes on. */
export function listed<Row extends { id: string }>(rows: Row[], limit: number): Listed<Row> {
  const data = rows.slice(0, limit)
  return { data, next_cursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null }
}
