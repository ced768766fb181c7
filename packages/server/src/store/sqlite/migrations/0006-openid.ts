/** What browsers and apps are signed in with by OpenID Connect, and what the server signs with. */
export const openIdTables = `
CREATE TABLE openid (
  kind TEXT NOT NULL,
  id_hash TEXT NOT NULL,
  uid_hash TEXT,
  grant_hash TEXT,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  payload TEXT NOT NULL,
  consumed_ms INTEGER,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, id_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX openid_by_uid ON openid (uid_hash) WHERE uid_hash IS NOT NULL;
CREATE INDEX openid_of_grant ON openid (grant_hash) WHERE grant_hash IS NOT NULL;
CREATE INDEX openid_of_user ON openid (user);
CREATE INDEX openid_by_expiry ON openid (expires_ms);

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
