/** Who did what on whose account. `same` is a hash of what makes entries of one hour the same. */
export const auditTables = `
CREATE TABLE audit (
  pk INTEGER PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  same TEXT NOT NULL,
  hour_ms INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor INTEGER REFERENCES users ON DELETE SET NULL,
  service TEXT,
  client_id TEXT,
  operation TEXT NOT NULL,
  allowed INTEGER NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  count INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_same ON audit (user, hour_ms, same);
CREATE INDEX audit_of_user ON audit (user, last_ms DESC, pk DESC);
CREATE INDEX audit_of_actor ON audit (actor) WHERE actor IS NOT NULL;
CREATE INDEX audit_by_age ON audit (last_ms);
`
