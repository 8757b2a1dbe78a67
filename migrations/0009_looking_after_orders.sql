-- What owners need to look after their orders: letters and notifications that know what they are about, what could
-- not be told or delivered kept until somebody decides, a letter for each new order, and indexes for searching the
-- orders and for adding them up.
--
-- Expand: columns that may be null, and indexes.

alter table stores
  -- The owner is mailed each paid order.
  add column order_mail boolean not null default false,
  -- The language of letters to the owner.
  add column owner_locale text not null default 'en' check (owner_locale in ('en', 'de'));

alter table mails
  -- Null: about an address and no store, such as a code to sign in.
  add column store_id uuid references stores on delete cascade,
  add column order_id uuid,
  add column kind text;
create index mails_by_order on mails (store_id, order_id) where order_id is not null;
-- Few: the box of a letter that was sent is gone.
create index mails_kept on mails (store_id, created_at) where box is not null and store_id is not null;

alter table outbox
  -- The kind of error, never its words: they may repeat what is none of the reader's business.
  add column failure text;
create index outbox_failed on outbox (store_id, id) where failed_at is not null;

alter table notifications
  add column order_id uuid;
update notifications set order_id = (body::jsonb #>> '{data,order,id}')::uuid where type like 'order.%';
create index notifications_by_order on notifications (store_id, order_id) where order_id is not null;

-- Who asked for what about an order.
create index audit_by_order on audit (store_id, (detail ->> 'order_id')) where detail ? 'order_id';

create index orders_by_email on orders (store_id, lower(customer_email) text_pattern_ops)
  where customer_email is not null;
-- Sums over a span of time touch the index alone.
create index orders_paid on orders (store_id, mode, paid_at) include (currency, amount, amount_refunded)
  where paid_at is not null;
-- The rare ones among many; nothing is written here while an order goes its usual way.
create index orders_by_rare_status on orders (store_id, status, id)
  where status in ('failed', 'cancelled', 'expired', 'partially_refunded', 'refunded');
create index orders_disputed on orders (store_id, id) where disputed;
create index order_timeline_failed on order_timeline (store_id, at) where status = 'failed';
