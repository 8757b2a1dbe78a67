-- How fast somebody at one address may try: to pay (stolen cards are tested where nobody counts) and to open checkouts
-- (an open one holds stock and limited codes). A leaky bucket for each store, so that all processes count together;
-- declines need no table, an order's timeline has them.
--
-- Expand: a new table.

create unlogged table paces (
  store_id uuid not null references stores on delete cascade,
  kind text not null check (kind in ('pay', 'open')),
  -- A digest of the store and the address (of IPv6: its network).
  who bytea not null,
  level double precision not null,
  at timestamptz not null default now(),
  primary key (store_id, kind, who)
);
create index paces_by_age on paces (at);
