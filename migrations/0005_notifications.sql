-- Notifications to partners: where they go, and each on its way there.
--
-- Everything about retries is columns, so that any number of instances share the work and a restart forgets nothing.
--
-- Expand: new tables.

alter table outbox
  -- It could not be turned into letters and notifications: left for a person to look at.
  add column failed_at timestamptz;

create table notification_endpoints (
  store_id uuid not null references stores on delete cascade,
  -- The partner's own.
  id text not null,
  url text not null,
  -- Which types it wants; null is all of them.
  types text[],
  state text not null default 'active' check (state in ('active', 'disabled')),
  secret_version integer not null default 1,
  secret_box text not null,
  -- Signs along until then, while the partner moves to the new secret.
  previous_secret_box text,
  previous_until timestamptz,
  -- How often in a row it did not take what we sent, and since when.
  failures integer not null default 0,
  failing_since timestamptz,
  -- When something has to be sent to it next; null when nothing has to.
  next_at timestamptz,
  -- A process is delivering to it.
  busy_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id)
);
create index notification_endpoints_due on notification_endpoints (next_at) where next_at is not null;

create table notifications (
  store_id uuid not null,
  endpoint_id text not null,
  -- The same for all endpoints and all attempts.
  id uuid not null,
  type text not null,
  -- The body as it is signed and sent, the same each time.
  body text not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  retry_until timestamptz not null,
  tries integer not null default 0,
  -- The last answer: an HTTP status, or why there was none.
  answer text,
  delivered_at timestamptz,
  given_up_at timestamptz,
  primary key (store_id, endpoint_id, id),
  foreign key (store_id, endpoint_id) references notification_endpoints (store_id, id) on delete cascade
);
create index notifications_due on notifications (store_id, endpoint_id, due_at)
  where delivered_at is null and given_up_at is null;
create index notifications_by_age on notifications (created_at);
