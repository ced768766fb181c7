/** What people say of themselves, and tokens that read some paths in their name. */
export const sharingTables = `
CREATE TABLE metadata (
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (user, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE restricted_tokens (
  name TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  paths TEXT,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX restricted_tokens_of_user ON restricted_tokens (user, created_ms DESC);
CREATE INDEX restricted_tokens_by_expiry ON restricted_tokens (expires_ms);
`
