-- Expand: an order keeps whether the store's own tax rates hold for it, whatever the store chooses while it is open.
alter table orders
  -- Null: opened by the release before, which asks the store each time.
  add column own_rates boolean;
