/**
 * Part of a batch statement: of several rows of `target` that touch the same (`subject` is its column) the first has
 * its turn now. The others would be judged by what it was before that, so they have to come again.
 */
export const turnsBy = (subject: string) => `
  turns as (select t.*, row_number() over (partition by t.${subject} order by t.nr) as turn from target t)`
