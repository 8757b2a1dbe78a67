-- Expand: who works out a store's taxes, and what Stripe Tax made of an order. The release before goes on with the
-- store's own rates; no store has Stripe Tax before this release let it choose that.
alter table stores
  add column taxes text not null default 'rates' check (taxes in ('none', 'rates', 'stripe')),
  -- For Stripe Tax: whether the prices contain it.
  add column tax_inclusive boolean not null default false;

alter table products
  -- What it is in Stripe's own list of what is taxed how; null is the default of the account.
  add column tax_code text check (tax_code ~ '^txcd_[0-9]{8}$');

alter table orders
  -- Null: Stripe Tax has nothing to do with it. As long as its `worked_out` is null nobody can pay.
  add column stripe_tax jsonb;
