-- After the payment: refunds, disputes, and the outbox that both and the order fill.
--
-- What Stripe says arrives repeated and in any order, so refunds and disputes are facts with ids of their own: a
-- fact only ever moves forward, and what an order shows is counted from them. `previous_status` is the fact before
-- the last news of it: the statement that takes the news reads there what it changed.
--
-- Expand: new tables and columns; a check becomes looser.

alter table orders
  -- Two sums may pass what was paid for a moment: a refund that failed makes room for the next one, and we may hear
  -- of the next one first. What we ask Stripe for never does: the guard is in src/refunds/reserve.ts.
  drop constraint orders_check,
  add check (amount_refunded >= 0),
  -- Refunds asked for, under way or made: what is left of the amount can still be refunded.
  add column amount_reserved bigint not null default 0 check (amount_reserved >= 0),
  -- Disputes that are open or lost.
  add column disputes_standing integer not null default 0 check (disputes_standing >= 0);
-- Partners poll for what changed.
create index orders_by_change on orders (store_id, updated_at, id);

alter table payments
  -- Stripe spoke of refunds that we do not know one by one: it is asked for them.
  add column refunds_ask_at timestamptz;
create index payments_to_ask_for_refunds on payments (refunds_ask_at) where refunds_ask_at is not null;

create table refunds (
  store_id uuid not null,
  -- Ours, or made from Stripe's id for refunds that were made in the dashboard.
  id uuid not null,
  order_id uuid not null,
  payment_id uuid not null,
  stripe_refund text,
  amount bigint not null check (amount > 0),
  currency text not null,
  reason text,
  status text not null check (status in ('pending', 'succeeded', 'failed', 'cancelled')),
  previous_status text,
  -- Stripe's code for why it failed or was refused.
  failure text,
  -- The caller's Idempotency-Key and what was asked for with it, as SHA-256.
  key_digest bytea,
  asked_digest bytea,
  -- When Stripe is asked (again), and how often it was.
  ask_at timestamptz,
  asked integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, stripe_refund),
  unique (store_id, key_digest),
  foreign key (store_id, order_id) references orders (store_id, id),
  foreign key (store_id, payment_id) references payments (store_id, id)
);
create index refunds_by_order on refunds (store_id, order_id);
create index refunds_to_ask on refunds (ask_at) where ask_at is not null;

create table disputes (
  store_id uuid not null,
  -- Stripe's id.
  id text not null,
  order_id uuid not null,
  payment_id uuid not null,
  amount bigint not null check (amount >= 0),
  currency text not null,
  reason text not null,
  status text not null,
  previous_status text,
  -- By when Stripe wants evidence.
  due_by timestamptz,
  found_at timestamptz not null,
  funds_withdrawn_at timestamptz,
  funds_reinstated_at timestamptz,
  created_at timestamptz not null,
  primary key (store_id, id),
  foreign key (store_id, order_id) references orders (store_id, id),
  foreign key (store_id, payment_id) references payments (store_id, id)
);
create index disputes_by_order on disputes (store_id, order_id);

-- What happened and has to be told: written by the statement that made it happen, taken by the job that turns it
-- into letters and notifications, gone when that is written down. The id orders it.
create table outbox (
  id bigint generated always as identity,
  store_id uuid not null references stores on delete cascade,
  kind text not null,
  order_id uuid,
  -- The refund or the dispute it is about.
  subject text,
  detail jsonb,
  at timestamptz not null default clock_timestamp(),
  primary key (id, store_id)
);
