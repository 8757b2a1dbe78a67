-- Payloads and mirrored objects are compressed by lz4 where this Postgres has it (the embedded one does not): a tenth
-- of the database's time for a webhook went into the slower default. What is there already stays as it is readable.
--
-- Expand: how values are stored, which nobody sees.
do $$
begin
  alter table events alter column payload set compression lz4;
  alter table stripe_objects alter column object set compression lz4;
exception
  when feature_not_supported or invalid_parameter_value then null;
end
$$;
