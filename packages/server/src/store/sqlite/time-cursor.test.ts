import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openForWriting } from './connection.ts'
import { migrate } from './migrate.ts'
import { createPrivateFile } from './private-file.ts'
import { scratchDirectories } from './scratch.fixture.ts'
import { pageSql } from './time-cursor.ts'

const scratch = scratchDirectories()

test('[ST-115] a page is one range of one index, in its order, without a sort', () => {
  const file = join(scratch(), 'tidegauge.db')
  createPrivateFile(file)
  migrate(file)
  const database = openForWriting(file)
  for (const direction of ['oldest-first', 'newest-first'] as const) {
    for (const filters of [
      {},
      { subTypes: ['a'] },
      { deviceId: 'a' },
      { subTypes: ['a'], deviceId: 'a' },
      { deviceId: 'a', sampleIntervalMinimumMs: 1 },
      { dosingReasons: ['a'] },
      { originManufacturer: 'a' },
    ]) {
      const plan = database
        .prepare(`EXPLAIN QUERY PLAN ${pageSql(filters, direction)}`)
        .all()
        .map(({ detail }) => String(detail))
      assert.match(
        plan[0] ?? '',
        /^SEARCH data USING INDEX live_data_by_time \(user=\? AND type=\? AND (\(time_ms,seq\)[<>]\(\?,\?\)|time_ms[<>]\?).*\)$/,
      )
      assert.ok(!plan.some((step) => step.includes('TEMP B-TREE')), plan.join('\n'))
    }
  }
  database.close()
})
