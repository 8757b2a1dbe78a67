-- Expand: owners see how many notifications to their platform were given up; counting them reads only those.
create index notifications_given_up on notifications (store_id, endpoint_id) where given_up_at is not null;
