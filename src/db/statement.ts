/** A statement of a hot path: written by hand, prepared once per connection under its name. */
export type Statement<Values, Row> = {
  name: string
  text: string
  order: (keyof Values & string)[]
  /** Never set: carries the type of the rows. */
  row?: Row
}

/** Writes a statement with `:name` where a value goes (`::type` is a cast, as ever). */
export function statement<Values extends Record<string, unknown>, Row>(
  name: string,
  source: string,
): Statement<Values, Row> {
  const order: (keyof Values & string)[] = []
  const text = source.replace(/(?<!:):([a-z_]+)/g, (_all, value: string) => {
    if (!order.includes(value)) order.push(value)
    return `$${order.indexOf(value) + 1}`
  })
  return { name, text, order }
}

/** How many lists of values a batch statement takes at a time. */
export const MOST_AT_ONCE = 16

/** The same for several lists of values at once, which it takes as one JSON array: one execution for all of them. */
export type BatchStatement<Values, Row> = {
  name: string
  text: string
  /** Never set: carry the types of the values and of the rows. */
  values?: Values
  row?: Row
}

/** What Postgres calls the type of each value. */
export type Columns<Values> = { [Name in keyof Values & string]: string }

/**
 * A query for one row of `given` at a time. Joined, Postgres would read a whole table instead for as long as it believes
 * that to be small: until its statistics are made, which is a minute late when a shop opens its doors.
 */
export const eachByIndex = (query: string): string => `${query} offset 0`

/**
 * Writes a statement that reads its values from the relation `given`, which has a row for each list and a column for
 * each value, and numbers them in `nr`. It answers at most one row for each, with its `nr`. `source` goes on after
 * the `with`.
 */
export function batchStatement<Values extends object, Row>(
  name: string,
  columns: Columns<Values>,
  source: string,
): BatchStatement<Values, Row> {
  const all = Object.entries({ nr: 'int', ...columns }).map(([column, type]) => `${column} ${type}`)
  // The limit cuts nothing off: it tells Postgres, who knows nothing of what JSON holds, that there are few.
  const text = `
    with given as materialized (
      select * from jsonb_to_recordset($1::jsonb) as g (${all.join(', ')}) limit ${MOST_AT_ONCE}
    ),
    ${source}`
  return { name, text }
}
