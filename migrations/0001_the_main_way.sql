-- Partners, stores, keys, products, carts, orders and the inbox: all that the main way needs.
--
-- Every row that a store owns carries store_id in its primary key and in each foreign key, so that a row cannot
-- point into another tenant and the schema can be distributed by store_id. Amounts are minor units as Stripe
-- counts them. Secrets are sealed boxes (src/vault), tokens are kept as SHA-256.
--
-- Expand: the first of all.

create table partners (
  id uuid primary key,
  name text not null,
  created_at timestamptz not null default now()
);

create table partner_secrets (
  partner_id uuid not null references partners on delete cascade,
  id uuid not null,
  digest bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (partner_id, id)
);

create table stores (
  id uuid primary key,
  partner_id uuid not null references partners,
  name text not null,
  currency text not null,
  mode text not null default 'test' check (mode in ('test', 'live')),
  owner_email text not null,
  origins text[] not null default '{}',
  logo_url text,
  color text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index stores_by_partner on stores (partner_id, id);

create table connect_links (
  store_id uuid not null references stores on delete cascade,
  id uuid not null,
  digest bytea not null,
  return_url text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  spent_at timestamptz,
  primary key (store_id, id),
  unique (store_id, digest)
);

create table connections (
  store_id uuid not null references stores,
  id uuid not null,
  mode text not null check (mode in ('test', 'live')),
  version integer not null,
  account_id text not null,
  account_name text,
  publishable_key text not null,
  key_kind text not null check (key_kind in ('secret', 'restricted')),
  secret_key_box text not null,
  permissions jsonb not null,
  state text not null check (state in ('active', 'invalid', 'replaced', 'disconnected')),
  -- When the key and the endpoint were last compared with what Stripe has.
  checked_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, mode, version)
);
-- One connection of each mode takes payments; an invalid one still holds the place until it is replaced.
create unique index connections_in_use on connections (store_id, mode) where state in ('active', 'invalid');
create index connections_to_check on connections (checked_at) where state = 'active';

create table endpoints (
  store_id uuid not null references stores,
  id uuid not null,
  connection_id uuid not null,
  mode text not null check (mode in ('test', 'live')),
  origin text not null check (origin in ('registered', 'pasted')),
  token_digest bytea,
  stripe_endpoint_id text,
  api_version text,
  secret_box text not null,
  created_at timestamptz not null default now(),
  -- When it was saved or last tested from Stripe's dashboard.
  armed_at timestamptz not null default now(),
  proven_at timestamptz,
  last_event_at timestamptz,
  retired_at timestamptz,
  primary key (store_id, id),
  foreign key (store_id, connection_id) references connections (store_id, id)
);
create index endpoints_by_connection on endpoints (store_id, connection_id);
create unique index endpoints_by_token on endpoints (store_id, token_digest);
-- The armed set: saved or tested lately, or never proven.
create index endpoints_armed on endpoints (armed_at desc) where retired_at is null;
create index endpoints_unproven on endpoints (armed_at desc) where proven_at is null and retired_at is null;

create table products (
  store_id uuid not null references stores on delete cascade,
  id text not null,
  name text not null,
  price bigint not null check (price >= 0),
  currency text not null,
  image_url text,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id)
);

create table carts (
  store_id uuid not null references stores on delete cascade,
  id uuid not null,
  lines jsonb not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id)
);
-- A widget knows its cart by the id alone; the id is the capability, the row tells the store.
create index carts_by_id on carts (id);

create table orders (
  store_id uuid not null references stores,
  id uuid not null,
  mode text not null check (mode in ('test', 'live')),
  status text not null default 'pending' check (status in
    ('pending', 'processing', 'failed', 'paid', 'partially_refunded', 'refunded', 'cancelled', 'expired')),
  disputed boolean not null default false,
  confirmation_code text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  lines jsonb not null,
  customer_email text,
  locale text,
  reference text,
  metadata jsonb not null default '{}',
  -- Why the last attempt failed, as Stripe's code and decline code; shown in words of ours.
  failure jsonb,
  amount_refunded bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  paid_at timestamptz,
  primary key (store_id, id),
  unique (store_id, confirmation_code),
  check (amount_refunded between 0 and amount)
);
create index orders_by_reference on orders (store_id, reference) where reference is not null;
-- What the sweeper looks at: few, however many orders there are.
create index orders_waiting on orders (updated_at) where status in ('pending', 'processing', 'failed');

create table checkout_sessions (
  store_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  token_digest bytea not null,
  ui text not null check (ui in ('hosted', 'stripe')),
  success_url text,
  cancel_url text,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, token_digest),
  unique (store_id, order_id),
  foreign key (store_id, order_id) references orders (store_id, id)
);
create index checkout_sessions_ending on checkout_sessions (expires_at);

-- An attempt to collect an order's money: one PaymentIntent, written down before Stripe is asked for it.
create table payments (
  store_id uuid not null,
  id uuid not null,
  order_id uuid not null,
  connection_id uuid not null,
  mode text not null check (mode in ('test', 'live')),
  account_id text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  payment_intent text,
  client_secret_box text,
  charge text,
  -- The moment (Stripe's clock) and the kind of the newest finding, so that a late event changes nothing.
  found_at timestamptz,
  found text,
  closed_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, payment_intent),
  foreign key (store_id, order_id) references orders (store_id, id),
  foreign key (store_id, connection_id) references connections (store_id, id)
);
-- Fifty clicks and two tabs are one attempt.
create unique index payments_open on payments (store_id, order_id) where closed_at is null;
create index payments_by_intent on payments (payment_intent);

create table order_timeline (
  store_id uuid not null,
  order_id uuid not null,
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default clock_timestamp(),
  status text not null,
  -- Who found it out: webhook, return, sweeper, shopper, partner.
  source text not null,
  event_id text,
  detail jsonb,
  primary key (store_id, order_id, id),
  foreign key (store_id, order_id) references orders (store_id, id)
);

-- The inbox: each event we accepted, once per store and mode.
create table events (
  store_id uuid not null references stores,
  mode text not null check (mode in ('test', 'live')),
  id text not null,
  endpoint_id uuid not null,
  type text not null,
  account text,
  api_version text,
  created timestamptz not null,
  outcome text not null check (outcome in ('processed', 'ignored', 'quarantined')),
  reason text,
  payload jsonb not null,
  received_at timestamptz not null default now(),
  primary key (store_id, mode, id)
);

-- The mirror: the newest version of each Stripe object that we were shown.
create table stripe_objects (
  store_id uuid not null references stores,
  mode text not null check (mode in ('test', 'live')),
  -- The connected account it lives in; empty for the store's own.
  account text not null default '',
  type text not null,
  id text not null,
  object jsonb not null,
  seen_at timestamptz not null,
  deleted boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (store_id, mode, account, type, id)
);

create table vault_canaries (
  kid text primary key,
  box text not null,
  created_at timestamptz not null default now()
);
