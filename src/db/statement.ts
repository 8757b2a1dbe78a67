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
