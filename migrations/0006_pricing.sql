-- What an order is priced by: variants, stock, shipping rates, discounts and tax rates; and the price as it was when
-- the order was made.
--
-- Stock is held when a checkout opens and taken when it is paid, so that two shoppers are not sold the same last
-- thing; a discount that may be used so many times is counted in the same way. What an order holds is given back
-- when it ends unpaid. The trigger at the end does that, and not the code that ends orders: a webhook, the return
-- page, the sweeper and a partner may all be first, and whoever is does it in the transaction that says so, without
-- a round trip more.
--
-- Contract: an order without totals is refused, and the release before writes none.

alter table products
  -- Which of the store's tax rates hold; null is the one for everything.
  add column tax_class text,
  add column shippable boolean not null default true;

create table variants (
  store_id uuid not null,
  product_id text not null,
  id text not null,
  position integer not null,
  name text not null,
  options jsonb not null default '{}',
  -- Null: the product's.
  price bigint check (price >= 0),
  image_url text,
  active boolean not null default true,
  primary key (store_id, product_id, id),
  foreign key (store_id, product_id) references products (store_id, id) on delete cascade
);

-- Only of what is counted. Apart from the products, so that those who buy never wait for those who edit.
create table stock (
  store_id uuid not null,
  product_id text not null,
  -- Empty for a product without variants.
  variant_id text not null default '',
  on_hand bigint not null check (on_hand >= 0),
  -- Promised to open checkouts.
  held bigint not null default 0 check (held >= 0),
  primary key (store_id, product_id, variant_id),
  foreign key (store_id, product_id) references products (store_id, id) on delete cascade
);

create table stock_holds (
  store_id uuid not null,
  order_id uuid not null,
  product_id text not null,
  variant_id text not null,
  quantity bigint not null check (quantity > 0),
  state text not null default 'held' check (state in ('held', 'taken', 'released')),
  primary key (store_id, order_id, product_id, variant_id),
  foreign key (store_id, order_id) references orders (store_id, id)
);

create table shipping_rates (
  store_id uuid not null references stores on delete cascade,
  id text not null,
  name text not null,
  amount bigint not null check (amount >= 0),
  currency text not null,
  -- Free as soon as the lines, less the discount, come to this.
  free_from bigint check (free_from >= 0),
  -- Where it goes; empty is wherever the store ships.
  countries text[] not null default '{}',
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id)
);

create table tax_rates (
  store_id uuid not null references stores on delete cascade,
  id text not null,
  name text not null,
  -- In millionths: 19 % is 190000.
  rate integer not null check (rate between 0 and 1000000),
  inclusive boolean not null,
  -- Null country: wherever no other rate is for.
  country text,
  region text check (region is null or country is not null),
  -- Null: for everything that no other rate of the place is for.
  tax_class text,
  shipping boolean not null default false,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id)
);
-- One rate holds for one class at one place.
create unique index tax_rates_place on tax_rates
  (store_id, coalesce(country, ''), coalesce(region, ''), coalesce(tax_class, '')) where active;

create table discounts (
  store_id uuid not null references stores on delete cascade,
  -- The code, in capitals.
  id text not null,
  basis_points integer check (basis_points between 1 and 10000),
  amount bigint check (amount > 0),
  currency text not null,
  -- The least that the lines must come to.
  minimum bigint check (minimum >= 0),
  max_redemptions integer check (max_redemptions >= 0),
  once_per_customer boolean not null default false,
  starts_at timestamptz,
  ends_at timestamptz,
  active boolean not null default true,
  -- By orders that are open or paid.
  redeemed integer not null default 0 check (redeemed >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (store_id, id),
  check ((basis_points is null) <> (amount is null))
);

-- The one discount of an order. Stays when the discount is deleted.
create table redemptions (
  store_id uuid not null,
  order_id uuid not null,
  code text not null,
  once boolean not null,
  -- The e-mail address in lower case, as soon as it is known.
  customer text,
  state text not null default 'held' check (state in ('held', 'taken', 'released')),
  primary key (store_id, order_id),
  foreign key (store_id, order_id) references orders (store_id, id)
);
create unique index redemptions_once on redemptions (store_id, code, customer) where once and state <> 'released';

alter table orders
  add column totals jsonb,
  -- The discount's and the shipping's terms as they were when they were chosen.
  add column discount jsonb,
  add column shipping jsonb,
  -- It holds stock or a discount, which its end gives back.
  add column holding boolean not null default false;
update orders set
  totals = jsonb_build_object('subtotal', amount, 'discount', 0, 'shipping', 0, 'tax', 0, 'tax_included', 0, 'total', amount),
  lines = (
    select coalesce(jsonb_agg(
      line || '{"variant_id": null, "tax_class": null, "tax_rate": null, "discount": 0, "tax": 0}' order by position), '[]')
    from jsonb_array_elements(lines) with ordinality as l(line, position)
  );
alter table orders alter column totals set not null;

alter table checkout_sessions
  -- The session asks for an address in one of these countries; null: it asks for none.
  add column shipping_countries text[];

create function give_back_or_take() returns trigger language plpgsql as $$
begin
  -- In one order, as whoever holds stock: two orders never wait for each other.
  perform from stock s
  join stock_holds h using (store_id, product_id, variant_id)
  where h.store_id = new.store_id and h.order_id = new.id
  order by s.product_id, s.variant_id
  for update of s;

  if new.paid_at is not null then
    -- Paid after it had ended and was given back: the sale stands, and the shelf is never counted below nothing.
    update stock s
    set on_hand = greatest(s.on_hand - h.quantity, 0),
        held = case when h.state = 'held' then greatest(s.held - h.quantity, 0) else s.held end
    from stock_holds h
    where h.store_id = new.store_id and h.order_id = new.id and h.state <> 'taken'
      and s.store_id = h.store_id and s.product_id = h.product_id and s.variant_id = h.variant_id;
    update stock_holds set state = 'taken'
    where store_id = new.store_id and order_id = new.id and state <> 'taken';

    update discounts d set redeemed = d.redeemed + 1
    from redemptions r
    where r.store_id = new.store_id and r.order_id = new.id and r.state = 'released'
      and d.store_id = r.store_id and d.id = r.code;
    update redemptions set state = 'taken', once = once and state = 'held'
    where store_id = new.store_id and order_id = new.id and state <> 'taken';
  else
    update stock s set held = greatest(s.held - h.quantity, 0)
    from stock_holds h
    where h.store_id = new.store_id and h.order_id = new.id and h.state = 'held'
      and s.store_id = h.store_id and s.product_id = h.product_id and s.variant_id = h.variant_id;
    update stock_holds set state = 'released'
    where store_id = new.store_id and order_id = new.id and state = 'held';

    update discounts d set redeemed = greatest(d.redeemed - 1, 0)
    from redemptions r
    where r.store_id = new.store_id and r.order_id = new.id and r.state = 'held'
      and d.store_id = r.store_id and d.id = r.code;
    update redemptions set state = 'released'
    where store_id = new.store_id and order_id = new.id and state = 'held';
  end if;
  return null;
end $$;

-- Costs an order that holds nothing no more than this comparison.
create trigger orders_give_back_or_take after update on orders for each row
when (new.holding and (
  (old.paid_at is null and new.paid_at is not null)
  or (new.paid_at is null and old.status <> new.status and new.status in ('cancelled', 'expired'))
))
execute function give_back_or_take();
