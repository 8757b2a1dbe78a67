-- Marketplaces: vendors under a store, whose Stripe account is their Connect platform, and what each of them gets.
--
-- Two places hold money: an order is frozen with its split when it is made, and `shares` is the ledger of what became
-- of it. Both count in minor units and both add up. What Stripe is to be asked for is written down first, one row for
-- each transfer and each thing taken back, and the row's id is Stripe's idempotency key.
--
-- Expand: new tables and columns.

alter table stores
  -- What the store keeps of what its vendors sell, in basis points, where a vendor has no rate of its own.
  add column commission_bps integer not null default 1000 check (commission_bps between 0 and 10000);

create table vendors (
  store_id uuid not null references stores on delete cascade,
  -- The partner's own id.
  id text not null,
  name text not null,
  email text not null,
  country text not null,
  business_type text check (business_type in ('individual', 'company', 'non_profit', 'government_entity')),
  -- Null: the store's.
  commission_bps integer check (commission_bps between 0 and 10000),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id)
);
-- Who signs in is known by the address alone.
create index vendors_by_email on vendors (lower(email));

-- A vendor's account at Stripe, of one mode and under one platform: keys of another platform see none of it.
create table vendor_accounts (
  store_id uuid not null,
  -- Stripe's idempotency key for making the account.
  id uuid not null,
  vendor_id text not null,
  mode text not null check (mode in ('test', 'live')),
  platform_id text not null,
  account_id text,
  -- Since when Stripe may have made one without our hearing of it.
  asked_at timestamptz,
  charges_enabled boolean not null default false,
  payouts_enabled boolean not null default false,
  details_submitted boolean not null default false,
  requirements jsonb not null default '{}',
  -- By Stripe's clock, so that a late event changes nothing.
  found_at timestamptz,
  -- When Stripe is asked how it stands.
  check_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, vendor_id, mode, platform_id),
  foreign key (store_id, vendor_id) references vendors (store_id, id) on delete cascade
);
create index vendor_accounts_by_account on vendor_accounts (store_id, account_id);
create index vendor_accounts_to_check on vendor_accounts (check_at) where account_id is not null;

-- Links to onboarding, for whoever the partner gives them to. Stripe's own live for minutes; these open fresh ones.
create table vendor_links (
  store_id uuid not null,
  id uuid not null,
  digest bytea not null,
  vendor_id text not null,
  return_url text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (store_id, id),
  unique (store_id, digest),
  foreign key (store_id, vendor_id) references vendors (store_id, id) on delete cascade
);

alter table products
  add column vendor_id text,
  add constraint products_vendor_fkey foreign key (store_id, vendor_id) references vendors (store_id, id);
create index products_by_vendor on products (store_id, vendor_id) where vendor_id is not null;

-- It hears of the connected accounts, and of nothing else.
alter table endpoints add column connect boolean not null default false;

alter table orders
  -- Who gets what of it; null when all of it is the store's.
  add column split jsonb,
  -- When its shares are brought up to date with it; null while they are.
  add column share_at timestamptz;
create index orders_to_share on orders (share_at) where share_at is not null;

-- How an attempt pays the vendors, decided once: tabs and retries ask Stripe for the very same thing.
alter table payments add column route jsonb;

-- Who gives back the commission: both sides in proportion, or the vendor as long as its share lasts.
alter table refunds add column commission text check (commission in ('return', 'keep'));

-- What one vendor gets of one order.
create table shares (
  store_id uuid not null,
  -- Stripe's idempotency key for the transfer.
  id uuid not null,
  order_id uuid not null,
  vendor_id text not null,
  mode text not null check (mode in ('test', 'live')),
  currency text not null,
  gross bigint not null check (gross >= 0),
  commission_bps integer not null,
  commission bigint not null check (commission >= 0),
  amount bigint not null check (amount >= 0),
  way text not null check (way in ('destination', 'transfer', 'manual_payout')),
  account_id text,
  transfer text,
  -- What of the transfer came straight back to the store, and Stripe's id for it.
  fee text,
  fee_amount bigint not null default 0 check (fee_amount >= 0),
  -- Stripe may have been asked for the transfer without our hearing of it.
  asked_at timestamptz,
  -- Paid out by hand, all together.
  settled_amount bigint not null default 0,
  settled_at timestamptz,
  note text,
  -- Why Stripe refused, as its code.
  failure text,
  paid_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, order_id, vendor_id),
  check (commission + amount = gross),
  foreign key (store_id, order_id) references orders (store_id, id),
  foreign key (store_id, vendor_id) references vendors (store_id, id)
);
create index shares_by_vendor on shares (store_id, vendor_id, paid_at);
create index shares_by_hand on shares (store_id, way) where way = 'manual_payout';

-- What one vendor and the store's commission give back of one refund.
create table share_refunds (
  store_id uuid not null,
  -- Stripe's idempotency key for what is taken back.
  id uuid not null,
  share_id uuid not null,
  refund_id uuid not null,
  amount bigint not null check (amount >= 0),
  commission bigint not null check (commission >= 0),
  -- What is asked of Stripe for it: of the transfer, and of the fee.
  reverse bigint not null default 0 check (reverse >= 0),
  return_fee bigint not null default 0 check (return_fee >= 0),
  -- `undone`: the refund failed after all, so the vendor is owed it again.
  state text not null default 'pending' check (state in ('pending', 'made', 'undone')),
  reversed bigint not null default 0 check (reversed >= 0),
  reversal text,
  fee_refund text,
  failure text,
  refunded_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id),
  unique (store_id, share_id, refund_id),
  foreign key (store_id, share_id) references shares (store_id, id),
  foreign key (store_id, refund_id) references refunds (store_id, id)
);
create index share_refunds_by_refund on share_refunds (store_id, refund_id);
