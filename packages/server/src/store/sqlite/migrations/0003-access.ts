/**
 * Who may do what on whose account, sessions of services beside those of people, and links to providers of data.
 *
 * `medtronic_loop` says until when Loop with a Medtronic pump has ever written data of a user: the latest time of such
 * a row, which may be gone again. Without it, whether there is one could only be told by reading everything.
 */
export const accessTables = `
CREATE TABLE permissions (
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  grantee INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  words TEXT NOT NULL,
  PRIMARY KEY (user, grantee)
) STRICT, WITHOUT ROWID;
CREATE INDEX permissions_of_grantee ON permissions (grantee);

CREATE TABLE new_sessions (
  token_hash TEXT PRIMARY KEY,
  user INTEGER REFERENCES users ON DELETE CASCADE,
  service TEXT,
  lineage TEXT,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  CHECK ((user IS NULL) <> (service IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_sessions SELECT token_hash, user, NULL, NULL, created_ms, expires_ms FROM sessions;
DROP TABLE sessions;
ALTER TABLE new_sessions RENAME TO sessions;
CREATE INDEX sessions_of_user ON sessions (user);
CREATE INDEX sessions_by_lineage ON sessions (lineage);
CREATE INDEX sessions_by_expiry ON sessions (expires_ms);

CREATE TABLE data_sources (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  provider_type TEXT NOT NULL,
  provider_name TEXT NOT NULL,
  provider_session_id TEXT,
  provider_external_id TEXT,
  state TEXT NOT NULL,
  metadata TEXT,
  error TEXT,
  data_set_id TEXT,
  earliest_data_ms INTEGER,
  latest_data_ms INTEGER,
  last_import_ms INTEGER,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX data_sources_of_user ON data_sources (user, created_ms DESC, id DESC);
CREATE UNIQUE INDEX data_source_of_session ON data_sources (provider_session_id)
  WHERE provider_session_id IS NOT NULL;
CREATE UNIQUE INDEX linked_data_source ON data_sources (user, provider_type, provider_name)
  WHERE state <> 'disconnected';

CREATE TABLE medtronic_loop (
  user INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  latest_ms INTEGER NOT NULL
) STRICT;
INSERT INTO medtronic_loop
  SELECT user, max(time_ms) FROM data
  WHERE body ->> '$.origin.payload.device.manufacturer' = 'Medtronic' GROUP BY user;
`
