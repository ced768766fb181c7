/**
 * Summaries, the hours that they are made of, and which of those have to be made anew. Those who have data already get
 * one mark: without a summary, all of its window is read.
 */
export const summaryTables = `
CREATE TABLE summary_marks (
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  type INTEGER NOT NULL,
  hour INTEGER NOT NULL,
  reason TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (user, type, hour, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE summaries (
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  kind TEXT NOT NULL,
  newest_hour INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (user, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE summary_hours (
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  kind TEXT NOT NULL,
  hour INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (user, kind, hour)
) STRICT, WITHOUT ROWID;

INSERT INTO types (name) VALUES ('cbg'), ('smbg') ON CONFLICT DO NOTHING;
INSERT INTO summary_marks (user, type, hour, reason, since_ms)
SELECT user, type, max(time_ms) / 3600000, 'SCHEMA_MIGRATION', CAST(unixepoch('subsec') * 1000 AS INTEGER)
FROM data WHERE archived_ms IS NULL AND type IN (SELECT pk FROM types WHERE name IN ('cbg', 'smbg'))
  AND data_set IN (SELECT pk FROM data_sets WHERE active = 1)
GROUP BY user, type;
`
