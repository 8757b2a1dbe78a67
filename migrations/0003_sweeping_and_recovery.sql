-- What it takes to find out without webhooks: when Stripe is asked about a payment, which merchants' Stripe is left
-- alone for a while, how far each account's events were fetched, and how quarantined events were resolved.
--
-- All of it is columns and not memory, so that any number of instances share the work and a restart forgets nothing.
--
-- Expand: columns with defaults; the index that goes was for speed only.

alter table payments
  -- When Stripe is asked next how the payment stands, and how often it was asked.
  add column ask_at timestamptz not null default now() + interval '2 minutes',
  add column asked integer not null default 0;
create index payments_to_ask on payments (ask_at) where closed_at is null;

-- Nobody looks for sessions by their end: the sweeper starts from the few orders that wait.
drop index checkout_sessions_ending;

alter table connections
  -- Stripe did not answer this key, or not in time: so often in a row, and left alone until then.
  add column failures integer not null default 0,
  add column resting_until timestamptz;

-- How far the events of a connection were fetched from Stripe's list of them.
create table event_cursors (
  store_id uuid not null,
  connection_id uuid not null,
  -- By Stripe's clock: everything up to here was fetched.
  seen_until timestamptz not null,
  -- A listing that is not through yet: it goes on behind this event, and then everything up to there was fetched.
  listed_after text,
  listed_until timestamptz,
  fetched_at timestamptz not null default '-infinity',
  -- When the owner was told last that Stripe's webhooks do not arrive.
  told_at timestamptz,
  primary key (store_id, connection_id),
  foreign key (store_id, connection_id) references connections (store_id, id)
);
create index event_cursors_by_age on event_cursors (fetched_at);

alter table events
  -- Null: not delivered to an endpoint but fetched from Stripe.
  alter column endpoint_id drop not null,
  add column replayed_at timestamptz,
  add column resolved_at timestamptz,
  add column note text;
create index events_quarantined on events (store_id, received_at)
  where outcome = 'quarantined' and resolved_at is null;
-- For the purge. Events arrive in the order of their time, so block ranges do, and cost a delivery next to nothing.
create index events_by_age on events using brin (received_at);
