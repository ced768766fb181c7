import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { aDataSet, aRecord, aUser, NOW_MS } from '../conformance/examples.ts'
import type { PlannedRecord, StoreUnavailable, WriteCount } from '../port.ts'
import { openForWriting } from './connection.ts'
import { type Command, groupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { packPlan } from './plan-message.ts'
import { createPrivateFile } from './private-file.ts'
import { scratchDirectories } from './scratch.fixture.ts'

const scratch = scratchDirectories()

function aWriter() {
  const file = join(scratch(), 'tidegauge.db')
  createPrivateFile(file)
  migrate(file)
  const database = openForWriting(file)
  const groups = groupCommit(database)
  const user = aUser()
  const { fields: _, ...dataSet } = aDataSet(user.id)
  let ticket = 0
  const command = (verb: Command['verb'], argument: unknown): Command => ({
    ticket: ++ticket,
    verb,
    argument,
    bytes: 1,
  })
  groups.run([
    command('createUser', { user, onlyIfFirst: false }),
    command('createDataSet', { dataSet: { ...dataSet, fieldsJson: '{}' }, reuseCreatedSinceMs: undefined }),
  ])
  const write = (...records: PlannedRecord[]) =>
    command('write', packPlan({ dataSetId: dataSet.id, nowMs: NOW_MS, records }))
  return { database, groups, write }
}

const rows = (database: DatabaseSync) => Number(database.prepare('SELECT count(*) AS n FROM data').get()?.n)

test('[ST-101] a group is one commit, and answers each command by its ticket', () => {
  const { database, groups, write } = aWriter()
  const before = groups.commits
  const commands = Array.from({ length: 20 }, (_, n) => write(aRecord(`o${n}`)))
  const replies = groups.run(commands)
  assert.equal(groups.commits, before + 1)
  assert.deepEqual(
    replies.map((reply) => [reply.ticket, 'value' in reply && (reply.value as WriteCount).changeSequence]),
    commands.map(({ ticket }, n) => [ticket, n + 2]),
  )
  assert.equal(rows(database), 20)
  database.close()
})

test('[ST-102] a command that fails in a group leaves nothing, and the others are committed', () => {
  const { database, groups, write } = aWriter()
  const replies = groups.run([
    write(aRecord('o1')),
    write(aRecord('o2', { type: 'new' }), aRecord('o3', { timeMs: Number.NaN })),
    write(aRecord('o4', { type: 'new' })),
  ])
  assert.deepEqual(
    replies.map((reply) => ('fault' in reply ? reply.fault.kind : 'done')),
    ['done', 'defect', 'done'],
  )
  assert.equal(rows(database), 2)
  assert.equal(database.prepare('SELECT count(*) AS n FROM data JOIN types ON types.pk = type').get()?.n, 2)
  database.close()
})

const troubles: { name: string; begin: string; end: string; reason: StoreUnavailable['reason'] }[] = [
  {
    name: 'full',
    begin: 'PRAGMA max_page_count = 1',
    end: 'PRAGMA max_page_count = 1000000',
    reason: 'full',
  },
  { name: 'read-only', begin: 'PRAGMA query_only = 1', end: 'PRAGMA query_only = 0', reason: 'read-only' },
]

for (const { name, begin, end, reason } of troubles) {
  for (const size of [1, 5]) {
    test(`[ST-103] when the disk is ${name} every command of a group of ${size} fails, and the next group works`, () => {
      const { database, groups, write } = aWriter()
      groups.run([write(aRecord('before'))])
      database.exec(begin)
      const long = 'x'.repeat(50_000)
      const group = Array.from({ length: size }, (_, n) =>
        write({ ...aRecord(`o${n}`), body: `{"a":"${long}"}` }),
      )
      const replies = groups.run(group)
      assert.deepEqual(
        replies.map((reply) => [
          reply.ticket,
          'fault' in reply && reply.fault.kind === 'unavailable' && reply.fault.reason,
        ]),
        group.map(({ ticket }) => [ticket, reason]),
      )
      assert.equal(database.isTransaction, false)
      database.exec(end)
      const [reply] = groups.run([write(aRecord('after'))])
      assert.deepEqual(reply && 'value' in reply && reply.value, {
        added: 1,
        replaced: 0,
        unchanged: 0,
        changeSequence: 3,
      })
      assert.equal(rows(database), 2)
      database.close()
    })
  }
}

test('[ST-104] when the commit itself fails every command of the group fails, and nothing of it is kept', () => {
  const { database, groups, write } = aWriter()
  // A reference that is checked at the commit only.
  database.exec(`CREATE TABLE late (n INTEGER REFERENCES data_sets (pk) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER late AFTER INSERT ON data WHEN NEW.sub_type = 'late' BEGIN INSERT INTO late VALUES (999); END`)
  const replies = groups.run([write(aRecord('o1')), write(aRecord('o2', { subType: 'late' }))])
  assert.deepEqual(
    replies.map((reply) => 'fault' in reply),
    [true, true],
  )
  assert.equal(rows(database), 0)
  assert.equal(database.isTransaction, false)
  assert.ok('value' in (groups.run([write(aRecord('o3'))])[0] ?? {}))
  database.close()
})
