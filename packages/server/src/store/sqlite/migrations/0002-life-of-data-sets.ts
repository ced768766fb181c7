/**
 * What closing and deleting data sets look for: rows of a user by identity hash; rows that a data set has hidden, or a
 * client withdrawn (`archived_by` is NULL then); data sets that have rows of a device. The indexes are partial: a row that
 * is only uploaded and replaced is in none of them.
 *
 * `data.origin_time` is what `delete.origin.older` compares. Numbers of data sets, like those of rows, never come again:
 * `removed` names data sets by them, and destroyed data sets themselves stand in it as of type `upload`.
 */
export const lifeOfDataSets = `
ALTER TABLE meta ADD COLUMN next_data_set_pk INTEGER NOT NULL DEFAULT 1;

ALTER TABLE data ADD COLUMN origin_time TEXT;
DROP INDEX data_by_hash;
CREATE INDEX data_by_hash ON data (user, hash) WHERE hash IS NOT NULL;
CREATE INDEX hidden_data ON data (archived_by, archived_ms) WHERE archived_ms IS NOT NULL;

-- May name a device whose last row in the data set was since replaced.
CREATE TABLE data_set_devices (
  data_set INTEGER NOT NULL,
  device_id ANY NOT NULL,
  PRIMARY KEY (data_set, device_id)
) STRICT, WITHOUT ROWID;
INSERT INTO data_set_devices SELECT DISTINCT data_set, device_id FROM data WHERE device_id IS NOT NULL;
`
