/**
 * Users, data sets and types have small numbers inside the file; the ids of the wire stand once, in their own row.
 *
 * `data` is one table for every data set. Foreign keys on `user` and `type` are left out on purpose: both come from
 * rows that the writer has just read, and checking them cost 30 % of the speed of a chunk. So is one on `archived_by`:
 * an upsert that sets such a column keeps copies of its pages, which made chunks in a group eight times slower.
 *
 * `data.id` holds what a client sent and is NULL elsewhere (ids.ts). `data.origin_id` is packed like a dedup key, and
 * NULL where `dedup_key` is made of it. `data.archived_by` and `data.hash` are for deduplicators that hide rows of
 * other data sets. Columns of type ANY hold packed keys (dedup-key.ts) or client text that UTF-8 cannot (text.ts).
 *
 * `removed` remembers the change numbers of rows that are gone, for whoever follows the changes of a user.
 */
export const firstTables = `
CREATE TABLE meta (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  id_prefix TEXT NOT NULL,
  -- No row gets a smaller number, so that the id of a destroyed row is never made again.
  next_data_pk INTEGER NOT NULL
) STRICT;
INSERT INTO meta VALUES (1, lower(hex(randomblob(8))), 1);

CREATE TABLE users (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  username TEXT NOT NULL UNIQUE,
  emails TEXT NOT NULL,
  roles TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  email_verified INTEGER NOT NULL,
  terms_accepted TEXT,
  created_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of_user ON sessions (user);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE types (
  pk INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE data_sets (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users,
  data_set_type TEXT NOT NULL,
  state TEXT NOT NULL,
  active INTEGER NOT NULL,
  deduplicator_name TEXT NOT NULL,
  deduplicator_version TEXT NOT NULL,
  client_name ANY,
  device_id ANY,
  fingerprint TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  deleted_ms INTEGER,
  created_user_id TEXT,
  fields TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT;
CREATE INDEX data_sets_of_user ON data_sets (user, created_ms DESC, id DESC);

CREATE TABLE data (
  pk INTEGER PRIMARY KEY,
  user INTEGER NOT NULL,
  data_set INTEGER NOT NULL REFERENCES data_sets,
  dedup_key ANY,
  type INTEGER NOT NULL,
  sub_type TEXT,
  time_ms INTEGER NOT NULL,
  id TEXT,
  device_id ANY,
  origin_id ANY,
  sent_units TEXT,
  archived_ms INTEGER,
  archived_by INTEGER,
  hash TEXT,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX data_by_dedup_key ON data (data_set, dedup_key);
CREATE INDEX live_data_by_time ON data (user, type, time_ms, seq) WHERE archived_ms IS NULL;
CREATE INDEX data_by_client_id ON data (data_set, id) WHERE id IS NOT NULL;
CREATE INDEX data_by_origin ON data (data_set, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX data_by_hash ON data (data_set, hash) WHERE hash IS NOT NULL;

CREATE TABLE removed (
  user INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  data_set INTEGER NOT NULL,
  id TEXT NOT NULL,
  type INTEGER NOT NULL,
  time_ms INTEGER NOT NULL,
  PRIMARY KEY (user, seq)
) STRICT, WITHOUT ROWID;
`
