/** Files that were sent beside the data. */
export const fileTables = `
CREATE TABLE files (
  id TEXT PRIMARY KEY,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  kind TEXT NOT NULL,
  digest_md5 TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  from_ms INTEGER,
  to_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX files_of_user ON files (user, kind, created_ms DESC, id);
`
