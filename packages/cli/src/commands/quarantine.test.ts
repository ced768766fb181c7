import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { startWorld } from '@tidegauge/server/testing'
import { commandLine } from '../testing/command-line.ts'

const start = Date.UTC(2026, 0, 5)
const cbg = (n: number, value = 5) => ({
  type: 'cbg',
  time: new Date(start + n * 300_000).toISOString(),
  units: 'mmol/L',
  value,
  origin: { id: `cbg-${n}` },
})

/** The real command line, logged in to a real server. */
async function loggedIn(t: TestContext) {
  const world = await startWorld()
  t.after(() => world[Symbol.asyncDispose]())
  const line = await commandLine(t)
  const { username, password } = await world.person()
  const env = { TIDEGAUGE_PASSWORD: password }
  assert.equal((await line.run(['login', '--server', world.url, '--username', username], { env })).code, 0)
  const quarantine = (...args: string[]) => line.run(['quarantine', ...args])
  const upload = async (records: readonly object[], ...args: string[]) =>
    line.run(['upload', await line.file('data.json', JSON.stringify(records)), ...args])
  const json = async (...args: string[]) => {
    const { stdout } = await quarantine(...args, '--json')
    return stdout
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((each) => JSON.parse(each))
  }
  const values = async () =>
    (await line.run(['data', '--type', 'cbg'])).stdout
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((each) => JSON.parse(each).value as number)
  return { ...line, quarantine, upload, json, values }
}

describe('quarantine', { concurrency: 2 }, () => {
  test('[CLI-80] of 1,000 records with a bad one 999 are stored; the bad one is shown, corrected, and then among the data', async (t) => {
    const { directory, quarantine, upload, json, values } = await loggedIn(t)
    const said = await quarantine('on')
    assert.deepEqual(said, { code: 0, stdout: 'Quarantine is on for all uploads.\n', stderr: '' })
    const records = Array.from({ length: 1000 }, (_, n) => cbg(n))
    records[617] = cbg(617, 56.125)
    for (let round = 0; round < 2; round++) {
      await upload(records)
      assert.equal((await values()).length, 999)
      assert.equal((await json('list')).length, 1, 'parked once, however often it is sent')
    }
    const [{ id, ...parked }] = await json('list')
    const problems = [{ code: 'value-out-of-range', pointer: '/value' }]
    assert.deepEqual([parked.index, parked.type, parked.problems], [617, 'cbg', problems])

    const table = await quarantine()
    assert.match(table.stdout, /\tcbg\tvalue-out-of-range at \/value\n$/)
    assert.doesNotMatch(table.stdout + JSON.stringify(parked), /56\.125|cbg-617/, 'values are for show alone')
    assert.equal(JSON.parse((await quarantine('show', id)).stdout).record.value, 56.125)

    const path = join(directory, 'record.json')
    await writeFile(path, (await quarantine('show', id, '--record')).stdout)
    const still = await quarantine('correct', id, path)
    assert.deepEqual(still, {
      code: 1,
      stdout: '',
      stderr: 'The record is still faulty, and stays in quarantine: value-out-of-range at /value.\n',
    })
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), value: 9.25 }))
    const done = await quarantine('correct', id, path)
    assert.deepEqual(done, { code: 0, stdout: `Stored; ${id} is out of quarantine.\n`, stderr: '' })
    assert.equal((await values())[617], 9.25)
    assert.deepEqual(await json('list'), [])
  })

  test('[CLI-81] it is off, and may be on for one program; off is off for all', async (t) => {
    const { quarantine, upload, json } = await loggedIn(t)
    const bad = [cbg(0, 56)]
    assert.equal((await upload(bad)).code, 3)
    const empty = await quarantine('list')
    assert.deepEqual(empty, {
      code: 0,
      stdout: '',
      stderr: 'Nothing is in quarantine. Quarantine is off: an upload with a faulty record is refused.\n',
    })
    assert.equal(
      (await quarantine('on', '--client-name', 'org.example.pump')).stdout,
      'Quarantine is on for uploads of org.example.pump.\n',
    )
    await upload(bad)
    assert.equal((await json('list')).length, 0)
    await upload(bad, '--client-name', 'org.example.pump')
    assert.equal((await json('list')).length, 1)
    const both = { enabled: true, clientNames: ['org.example.pump'] }
    assert.deepEqual(await json('on'), [both])
    assert.deepEqual(await json('off', '--client-name', 'org.example.pump'), [
      { enabled: true, clientNames: [] },
    ])
    assert.deepEqual(await json('off'), [{ enabled: false, clientNames: [] }])
  })

  test('[CLI-82] resubmit and drop, and --json for a program', async (t) => {
    const { quarantine, upload, json, values } = await loggedIn(t)
    await quarantine('on')
    await upload([cbg(0, 56)])
    const [{ id }] = await json('list')
    const refused = await quarantine('resubmit', id, '--json')
    assert.equal(refused.code, 1)
    const problems = [{ code: 'value-out-of-range', pointer: '/value' }]
    assert.deepEqual(JSON.parse(refused.stdout), { id, outcome: 'refused', problems })
    assert.deepEqual(await json('drop', id), [{ id, outcome: 'dropped' }])
    assert.deepEqual(await values(), [])
    for (const args of [
      ['show', id],
      ['drop', id],
      ['resubmit', id],
    ]) {
      const { code, stderr } = await quarantine(...args)
      assert.deepEqual(
        [code, stderr],
        [1, 'There is no such record in quarantine. See: tidegauge quarantine list\n'],
      )
    }
  })

  test('[CLI-83] a file without one JSON object changes nothing; a wrong command line is 2', async (t) => {
    const { run, file, quarantine, upload, json } = await loggedIn(t)
    await quarantine('on')
    await upload([cbg(0, 56)])
    const [{ id }] = await json('list')
    const notJson = await quarantine('correct', id, await file('x', '{"value":secret'))
    assert.equal(notJson.code, 1)
    assert.match(notJson.stderr, /x is not JSON\. Nothing was changed\.\n$/)
    assert.doesNotMatch(notJson.stderr, /secret/)
    assert.match((await quarantine('correct', id, await file('x', '[]'))).stderr, /must be one JSON object/)
    assert.match((await quarantine('correct', id, '/nowhere')).stderr, /there is no such file/)
    for (const args of [['correct', id], ['show'], ['what']])
      assert.equal((await quarantine(...args)).code, 2)
    const fromStdin = await run(['quarantine', 'correct', id, '-'], { stdin: JSON.stringify(cbg(0, 7)) })
    assert.equal(fromStdin.code, 0, fromStdin.stderr)
  })
})
