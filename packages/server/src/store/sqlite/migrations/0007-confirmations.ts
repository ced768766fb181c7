/** Invitations, and what somebody with an address has to confirm. */
export const confirmationTables = `
CREATE TABLE confirmations (
  key_hash TEXT PRIMARY KEY,
  key TEXT,
  type TEXT NOT NULL,
  status TEXT NOT NULL,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  email TEXT NOT NULL,
  invitee INTEGER REFERENCES users ON DELETE CASCADE,
  permissions TEXT,
  nickname TEXT,
  created_ms INTEGER NOT NULL,
  modified_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmations_of_user ON confirmations (user, type, created_ms);
CREATE INDEX confirmations_of_invitee ON confirmations (invitee) WHERE invitee IS NOT NULL;
CREATE INDEX confirmations_to ON confirmations (email, type, created_ms);
`
