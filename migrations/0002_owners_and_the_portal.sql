-- Owners sign in: codes, sessions, links into the portal, the mail that carries codes, and the trail of who
-- changed what.
--
-- An owner is an e-mail address, which may own stores of several partners, so codes and sessions belong to the
-- address and not to a store. Codes, session ids and links are kept as SHA-256 only.
--
-- Expand: new tables, and two columns that may be null.

alter table stores
  add column support_email text,
  add column support_url text;
create index stores_by_owner on stores (lower(owner_email), id);

create table sign_ins (
  id uuid primary key,
  -- Lower case, and kept for unknown addresses too: what happens must not depend on whether it is known.
  email text not null,
  -- The browser that asked. The code is hashed together with the browser's secret: it is worth nothing elsewhere.
  browser_digest bytea not null unique,
  code_digest bytea not null,
  -- Where to go afterwards: a path of ours.
  next text,
  tries integer not null default 0,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  spent_at timestamptz
);
create index sign_ins_by_email on sign_ins (email, created_at);

create table owner_sessions (
  id uuid primary key,
  email text not null,
  -- Set for a session that a partner's link opened: it reaches this store only.
  store_id uuid references stores on delete cascade,
  digest bytea not null unique,
  -- The id before the last rotation, valid for the moment in which requests overlap.
  previous_digest bytea unique,
  rotated_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  signed_in_at timestamptz not null default now()
);
create index owner_sessions_by_email on owner_sessions (email);

create table portal_links (
  store_id uuid not null references stores on delete cascade,
  id uuid not null,
  digest bytea not null,
  path text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  spent_at timestamptz,
  primary key (store_id, id),
  unique (store_id, digest)
);

-- Mail that waits to be sent. It may hold a code, so it is sealed, and gone as soon as it was sent.
create table mails (
  id uuid primary key,
  box text,
  tries integer not null default 0,
  created_at timestamptz not null default now(),
  due_at timestamptz not null default now(),
  -- After this moment nobody needs it any more.
  expires_at timestamptz not null,
  sent_at timestamptz,
  failure text
);
create index mails_due on mails (due_at) where box is not null;

create table audit (
  store_id uuid not null references stores on delete cascade,
  id uuid not null,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('owner', 'partner', 'service')),
  -- The owner's e-mail address or the partner's id; null for the service itself.
  actor text,
  action text not null,
  -- What changed, in words and ids. Never a key, a code or a secret.
  detail jsonb not null default '{}',
  primary key (store_id, id)
);
