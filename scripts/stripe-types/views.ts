import { type Column, columnsOf, VIEWS, type View } from './columns.ts'
import type { Declarations } from './declarations.ts'

/** Columns of the mirror's own table, with an index. */
const INDEXED = ['created', 'customer', 'payment_intent', 'charge', 'invoice', 'subscription', 'product']

const OWN = [
  ['store_id', 'uuid'],
  ['livemode', 'boolean'],
  ['connected_account', 'text'],
  ['id', 'text'],
] as const

const LAST = [
  ['deleted', 'boolean'],
  ['seen_at', 'timestamptz'],
  ['object', 'jsonb'],
] as const

/** The migration that makes every view anew, and lets in again who was let in before. */
export function viewsSql(declared: Declarations): string {
  return `-- Generated from stripe-node's types by scripts/stripe-types: do not edit.
-- The mirror as people ask for it: a view of each kind of object, with amounts, times and ids as such. A view sees
-- what its reader may see: whoever signs in as a store's analyst, that store.
--
-- Expand: views, which the service itself does not read.

${FUNCTIONS}
${VIEWS.map(view => viewSql(declared, view)).join('\n')}
${EVENTS}
${GRANTS}`
}

/** The same as a page for people. */
export function viewsMarkdown(declared: Declarations): string {
  const sections = VIEWS.map(view => {
    const { name, type, inside, more = {} } = view
    const from = inside ? `entries of \`${inside.type}\`'s \`${inside.list}\`` : `objects of type \`${type}\``
    const columns = [
      ...columnsOf(declared, view).map(column => [column.name, shownType(view, column)] as const),
      ...Object.keys(more).map(
        column => [column, isIndexed(view, column) ? 'text, indexed' : 'text'] as const,
      ),
    ]
    return `## mirror.${name}\n\n${capital(from)}.\n\n| column | type |\n| --- | --- |\n${columns
      .map(([column, shown]) => `| \`${column}\` | ${shown} |`)
      .join('\n')}\n`
  })
  return `<!-- Generated from stripe-node's types by scripts/stripe-types: do not edit. -->
# The views of the mirror

How to use them is told in [mirror.md](mirror.md). Every view but the last also has ${[...OWN, ...LAST]
    .map(([column, type]) => `\`${column}\` (${type})`)
    .join(', ')}. Amounts are minor units, as Stripe counts them.

${sections.join('\n')}
## mirror.events

Stripe's events as they were accepted.

| column | type |
| --- | --- |
${EVENT_COLUMNS.map(([column, type]) => `| \`${column}\` | ${type} |`).join('\n')}
`
}

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1)

const isIndexed = ({ inside }: View, name: string) => !inside && INDEXED.includes(name)

const shownType = (view: View, { name, type }: Column) => (isIndexed(view, name) ? `${type}, indexed` : type)

function viewSql(declared: Declarations, view: View): string {
  const { name, type, inside, more = {} } = view
  const source = inside ? 'e.value' : 'o.object'
  const columns = columnsOf(declared, view)
    .filter(column => more[column.name] === undefined)
    .map(
      column =>
        [column.name, isIndexed(view, column.name) ? `o.${column.name}` : read(source, column)] as const,
    )
  const deeper = Object.entries(more).map(
    ([column, path]) =>
      [column, isIndexed(view, column) ? `o.${column}` : `${source} #>> '${path}'`] as const,
  )
  const from = inside
    ? `stripe_objects o, mirror.entries(o.object -> '${inside.list}') e (value)\nwhere o.type = '${inside.type}'`
    : `stripe_objects o\nwhere o.type = '${type}'`
  const list = [
    ['store_id', 'o.store_id'],
    ['livemode', "o.mode = 'live'"],
    ['connected_account', "nullif(o.account, '')"],
    ['id', inside ? `${source} ->> 'id'` : 'o.id'],
    ...columns,
    ...deeper,
    ['deleted', 'o.deleted'],
    ['seen_at', 'o.seen_at'],
    ['object', source],
  ]
  return `drop view if exists mirror.${name};
create view mirror.${name} with (security_invoker = true) as
select
${list.map(([column, value]) => `  ${value} as ${quoted(column!)}`).join(',\n')}
from ${from};
`
}

function read(source: string, { name, type }: Column): string {
  if (type === 'text') return `${source} ->> '${name}'`
  const value = `${source} -> '${name}'`
  if (type === 'jsonb') return value
  return `mirror.${{ bigint: 'whole', numeric: 'number', boolean: 'yes', timestamptz: 'moment' }[type]}(${value})`
}

const quoted = (name: string) =>
  /^(default|end|order|user|group|check|primary)$/.test(name) ? `"${name}"` : name

// Objects are what somebody signed: what is no amount or no time is null, and breaks no query.
const FUNCTIONS = `create or replace function mirror.whole(v jsonb) returns bigint language sql immutable parallel safe
  return case when jsonb_typeof(v) = 'number' and v between '-9007199254740991' and '9007199254740991' then v::bigint end;
create or replace function mirror.number(v jsonb) returns numeric language sql immutable parallel safe
  return case when jsonb_typeof(v) = 'number' then v::numeric
              when v #>> '{}' ~ '^-?\\d{1,30}(\\.\\d{1,30})?$' then (v #>> '{}')::numeric end;
create or replace function mirror.yes(v jsonb) returns boolean language sql immutable parallel safe
  return case when jsonb_typeof(v) = 'boolean' then v::boolean end;
create or replace function mirror.moment(v jsonb) returns timestamptz language sql immutable parallel safe
  return case when jsonb_typeof(v) = 'number' and v between '0' and '99999999999'
              then to_timestamp(v::double precision) end;
create or replace function mirror.entries(v jsonb) returns setof jsonb language sql immutable parallel safe
begin atomic
  select jsonb_array_elements(case when jsonb_typeof(v -> 'data') = 'array' then v -> 'data' else '[]' end);
end;
`

const EVENT_COLUMNS = [
  ['store_id', 'uuid'],
  ['livemode', 'boolean'],
  ['connected_account', 'text'],
  ['id', 'text'],
  ['type', 'text'],
  ['api_version', 'text'],
  ['created', 'timestamptz'],
  ['received_at', 'timestamptz'],
  ['outcome', 'text'],
  ['object_type', 'text'],
  ['object_id', 'text'],
  ['object', 'jsonb'],
] as const

const EVENTS = `drop view if exists mirror.events;
create view mirror.events with (security_invoker = true) as
select
  e.store_id,
  e.mode = 'live' as livemode,
  e.account as connected_account,
  e.id,
  e.type,
  e.api_version,
  e.created,
  e.received_at,
  e.outcome,
  e.payload #>> '{data,object,object}' as object_type,
  e.payload #>> '{data,object,id}' as object_id,
  e.payload as object
from events e;
`

const GRANTS = `do $$
declare analyst name;
begin
  for analyst in
    select r.rolname from pg_roles r
    join stores s on r.rolname = 'owntill_store_' || replace(s.id::text, '-', '')
  loop
    execute format('grant select on all tables in schema mirror to %I', analyst);
  end loop;
end
$$;
`
