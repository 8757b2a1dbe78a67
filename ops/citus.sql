-- Spreads an installation of Owntill over a Citus cluster, by store: everything of one store is on one node, so every
-- transaction of a store stays there. Run once, on the coordinator, after `owntill migrate` and before there is much
-- data; test/db/tenancy.test.ts sees to it that no table is missing. docs/scaling.md says when it is worth it.
--
-- Not tested on a cluster: what the suite tests is that every key and every statement carries the store. One thing has
-- to change first: docs/scaling.md, "Spread by store", says what.

create extension if not exists citus;

-- The trigger on orders touches rows of the same store only, so it is safe where Citus cannot know that.
set citus.enable_unsafe_triggers = on;

-- A person's sign-in or letter belongs to an address and not to a store: it stays on the coordinator, and what stays
-- there cannot point at what is spread out.
alter table owner_sessions drop constraint owner_sessions_store_id_fkey;
alter table mails drop constraint mails_store_id_fkey;

-- Few rows, which every node needs.
select create_reference_table('partners');
select create_reference_table('partner_secrets');

select create_distributed_table('stores', 'id');
select create_distributed_table('audit', 'store_id', colocate_with => 'stores');
select create_distributed_table('carts', 'store_id', colocate_with => 'stores');
select create_distributed_table('connect_links', 'store_id', colocate_with => 'stores');
select create_distributed_table('connections', 'store_id', colocate_with => 'stores');
select create_distributed_table('discounts', 'store_id', colocate_with => 'stores');
select create_distributed_table('endpoints', 'store_id', colocate_with => 'stores');
select create_distributed_table('event_cursors', 'store_id', colocate_with => 'stores');
select create_distributed_table('events', 'store_id', colocate_with => 'stores');
select create_distributed_table('notification_endpoints', 'store_id', colocate_with => 'stores');
select create_distributed_table('notifications', 'store_id', colocate_with => 'stores');
select create_distributed_table('orders', 'store_id', colocate_with => 'stores');
select create_distributed_table('checkout_sessions', 'store_id', colocate_with => 'stores');
select create_distributed_table('order_timeline', 'store_id', colocate_with => 'stores');
select create_distributed_table('paces', 'store_id', colocate_with => 'stores');
select create_distributed_table('outbox', 'store_id', colocate_with => 'stores');
select create_distributed_table('payments', 'store_id', colocate_with => 'stores');
select create_distributed_table('disputes', 'store_id', colocate_with => 'stores');
select create_distributed_table('portal_links', 'store_id', colocate_with => 'stores');
select create_distributed_table('redemptions', 'store_id', colocate_with => 'stores');
select create_distributed_table('refunds', 'store_id', colocate_with => 'stores');
select create_distributed_table('refused_deliveries', 'store_id', colocate_with => 'stores');
select create_distributed_table('shipping_rates', 'store_id', colocate_with => 'stores');
select create_distributed_table('stock_holds', 'store_id', colocate_with => 'stores');
select create_distributed_table('stripe_objects', 'store_id', colocate_with => 'stores');
select create_distributed_table('sync_cursors', 'store_id', colocate_with => 'stores');
select create_distributed_table('tax_rates', 'store_id', colocate_with => 'stores');
select create_distributed_table('vendors', 'store_id', colocate_with => 'stores');
select create_distributed_table('products', 'store_id', colocate_with => 'stores');
select create_distributed_table('shares', 'store_id', colocate_with => 'stores');
select create_distributed_table('share_refunds', 'store_id', colocate_with => 'stores');
select create_distributed_table('stock', 'store_id', colocate_with => 'stores');
select create_distributed_table('variants', 'store_id', colocate_with => 'stores');
select create_distributed_table('vendor_accounts', 'store_id', colocate_with => 'stores');
select create_distributed_table('vendor_links', 'store_id', colocate_with => 'stores');
