-- The mirror in full: versions that cannot be told apart are asked for again, what people look objects up by has an
-- index, and whoever reads the mirror with a role of their own sees one store only.
--
-- What objects are looked up by are columns that Postgres derives itself. An index over the object would be written
-- at each new version of it; these only when the value itself changes. Texts are cut to what an index can hold,
-- because whoever holds a signing secret decides what stands in an object.
--
-- Contract: the mirror has another primary key, and the release before names the old one.

alter table stripe_objects
  drop constraint stripe_objects_pkey,
  -- The kind and the id first: that is how people ask.
  add primary key (store_id, type, id, mode, account),
  -- Up to when this version is known to hold; absent: it is of the moment seen_at alone.
  add column seen_until timestamptz,
  -- Two versions of one moment: only Stripe knows which is the last.
  add column unsure boolean not null default false,
  add column created timestamptz generated always as (
    case when jsonb_typeof(object -> 'created') = 'number'
      then to_timestamp(least(greatest((object ->> 'created')::numeric, 0), 99999999999)::double precision) end
  ) stored,
  add column customer text generated always as (left(object ->> 'customer', 255)) stored,
  add column payment_intent text generated always as (left(object ->> 'payment_intent', 255)) stored,
  add column charge text generated always as (left(object ->> 'charge', 255)) stored,
  add column invoice text generated always as (left(object ->> 'invoice', 255)) stored,
  -- Invoices name it deeper since 2025.
  add column subscription text generated always as (left(coalesce(object ->> 'subscription',
    object #>> '{parent,subscription_details,subscription}'), 255)) stored,
  add column product text generated always as (left(object ->> 'product', 255)) stored;

create index stripe_objects_by_time on stripe_objects (store_id, type, created, id);
create index stripe_objects_by_customer on stripe_objects (store_id, customer) where customer is not null;
create index stripe_objects_by_payment_intent on stripe_objects (store_id, payment_intent)
  where payment_intent is not null;
create index stripe_objects_by_charge on stripe_objects (store_id, charge) where charge is not null;
create index stripe_objects_by_invoice on stripe_objects (store_id, invoice) where invoice is not null;
create index stripe_objects_by_subscription on stripe_objects (store_id, subscription)
  where subscription is not null;
create index stripe_objects_by_product on stripe_objects (store_id, product) where product is not null;
create index stripe_objects_unsure on stripe_objects (seen_at) where unsure;

-- The service owns the tables and is not held up by this. A role named after a store sees that store; any other role
-- sees nothing, whatever it was granted.
create schema mirror;
create function mirror.store() returns uuid language sql stable parallel safe
  return case when current_user ~ '^owntill_store_[0-9a-f]{32}$' then right(current_user, 32)::uuid end;

alter table stripe_objects enable row level security;
create policy analyst on stripe_objects for select using (store_id = mirror.store());
alter table events enable row level security;
create policy analyst on events for select using (store_id = mirror.store());

-- How far each kind of object was fetched from Stripe's own lists: the last time, or right now.
create table sync_cursors (
  store_id uuid not null references stores,
  mode text not null check (mode in ('test', 'live')),
  type text not null,
  connection_id uuid not null,
  state text not null check (state in ('waiting', 'running', 'done', 'forbidden', 'refused')),
  -- Only what was created from then on; absent: everything.
  since timestamptz,
  -- The last object of the last page that was kept, and when it was created.
  after text,
  reached timestamptz,
  done bigint not null default 0,
  -- About how many there will be; absent: nobody knows.
  expected bigint,
  -- Objects that could not be kept, the first of them by name.
  bad bigint not null default 0,
  bad_objects jsonb not null default '[]',
  -- Whoever works on it; another one takes it over when this one is silent.
  worker uuid,
  started_at timestamptz not null default now(),
  touched_at timestamptz not null default now(),
  finished_at timestamptz,
  -- When the last one that came to its end had begun.
  complete_at timestamptz,
  primary key (store_id, mode, type),
  foreign key (store_id, connection_id) references connections (store_id, id)
);
create index sync_cursors_open on sync_cursors (touched_at) where state in ('waiting', 'running');
