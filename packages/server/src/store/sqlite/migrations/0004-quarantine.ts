/** Faulty records that are kept aside, and for whose uploads. */
export const quarantineTables = `
CREATE TABLE quarantine_settings (
  user INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  enabled INTEGER NOT NULL,
  client_names TEXT NOT NULL
) STRICT;

CREATE TABLE parked (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  data_set INTEGER NOT NULL REFERENCES data_sets ON DELETE CASCADE,
  place INTEGER NOT NULL,
  origin_id ANY,
  problems TEXT NOT NULL,
  received_ms INTEGER NOT NULL,
  json TEXT NOT NULL
) STRICT;
CREATE INDEX parked_of_user ON parked (user, pk);
CREATE INDEX parked_of_data_set ON parked (data_set, origin_id);
`
