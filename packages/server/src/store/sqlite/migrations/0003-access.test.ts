import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { migrate } from '../migrate.ts'
import { createPrivateFile } from '../private-file.ts'
import { scratchDirectories } from '../scratch.fixture.ts'
import { accessTables } from './0003-access.ts'
import { migrations } from './migrations.ts'

const scratch = scratchDirectories()

test('[ST-230] sessions stay, and Loop’s rows of old are noticed', () => {
  const file = join(scratch(), 'tidegauge.db')
  createPrivateFile(file)
  const before = migrations.indexOf(accessTables)
  migrate(file, migrations.slice(0, before))
  const database = new DatabaseSync(file)
  const user = (pk: number) =>
    database.exec(`INSERT INTO users VALUES (${pk}, 'u${pk}', 'n${pk}', '[]', '[]', '', 1, NULL, 0, 0)`)
  user(1)
  user(2)
  database.exec(`
    INSERT INTO sessions VALUES ('hash', 2, 3, 4);
    INSERT INTO data_sets (pk, id, user, data_set_type, state, active, deduplicator_name, deduplicator_version,
      fingerprint, created_ms, modified_ms, fields, seq)
    VALUES (1, 'd', 1, 'continuous', 'open', 1, '', '', '', 0, 0, '{}', 0)`)
  const insert = database.prepare(`
    INSERT INTO data (user, data_set, type, time_ms, created_ms, modified_ms, seq, body) VALUES (?, 1, 1, ?, 0, 0, 0, ?)`)
  const medtronic = JSON.stringify({ origin: { payload: { device: { manufacturer: 'Medtronic' } } } })
  insert.run(1, 5, medtronic)
  insert.run(1, 7, medtronic)
  insert.run(1, 9, '{}')
  insert.run(2, 9, '{"manufacturer":"Medtronic"}')
  database.close()

  migrate(file, migrations.slice(0, before + 1))
  const migrated = new DatabaseSync(file)
  const rows = (sql: string) =>
    migrated
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
  assert.deepEqual(rows('SELECT * FROM sessions'), [
    { token_hash: 'hash', user: 2, service: null, lineage: null, created_ms: 3, expires_ms: 4 },
  ])
  assert.deepEqual(rows('SELECT * FROM medtronic_loop'), [{ user: 1, latest_ms: 7 }])
  assert.throws(() => migrated.exec(`INSERT INTO sessions VALUES ('x', NULL, NULL, NULL, 1, 1)`), /CHECK/)
  migrated.close()
})
