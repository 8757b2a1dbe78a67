-- The time limits of the role that the service connects as. Behind a pooler a client cannot set them for itself: a
-- lost client or a stuck lock must not hold a connection for ever.
alter role current_user set statement_timeout = '30s';
alter role current_user set idle_in_transaction_session_timeout = '30s';
