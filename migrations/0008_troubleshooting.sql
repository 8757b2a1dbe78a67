-- What it takes to answer "why is my order still pending?": deliveries that were refused, a way through the accepted
-- ones of a store by their time, and merchants who want every event and not just the needed ones.
--
-- Expand: new tables, columns and indexes.

-- Counted by the hour, and nothing of what was sent: whoever knows a store's id could fill this table otherwise.
create table refused_deliveries (
  store_id uuid not null references stores on delete cascade,
  hour timestamptz not null,
  -- Where it came to: the endpoint's own URL, or the one that all share (there the store is only what the body says).
  url text not null check (url in ('own', 'shared')),
  reason text not null,
  times integer not null check (times > 0),
  last_at timestamptz not null,
  primary key (store_id, hour, url, reason)
);
create index refused_deliveries_by_age on refused_deliveries (hour);

create index events_by_store on events (store_id, received_at desc);

alter table connections add column all_events boolean not null default false;
