-- Orders that are paid on Stripe's own Checkout page (`ui: "stripe"`).
--
-- The attempt is the same row: it is written down before Stripe is asked for the page, and its id is the idempotency
-- key. Its PaymentIntent is made when somebody pays there, so it is learnt from the page and not the other way round.
--
-- Expand: new columns, empty for what is paid on our own page.

alter table payments
  -- Stripe's id of the page. Its address lies sealed where a client secret does: it is what lets a shopper pay.
  add column stripe_session text,
  -- When that page closes by itself. Kept, so that asking twice is asking for the same page.
  add column page_ends_at timestamptz;
create unique index payments_by_stripe_session on payments (store_id, stripe_session) where stripe_session is not null;
