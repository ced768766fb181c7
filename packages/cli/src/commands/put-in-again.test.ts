import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { logIn, type Serving, serving } from '../testing/serving.ts'

type Fields = Record<string, unknown>

const samples = new URL('../../../../../shared/data/tidepool/', import.meta.url)
const skip = existsSync(samples) ? false : 'no sample data beside the checkout'

async function readBack({ run }: Serving): Promise<{ text: string; records: Fields[] }> {
  const { code, stdout: text } = await run(['data'])
  assert.equal(code, 0)
  return {
    text,
    records: text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

/** The records without what a server sets, in an order of their own. */
function theirs(records: readonly Fields[]): Fields[] {
  const setByServer = ['uploadId', 'byUser', 'createdTime', 'createdUserId', 'modifiedTime', 'deduplicator']
  return records
    .map((record) => {
      const own = { ...record }
      for (const key of setByServer) delete own[key]
      if (record.type === 'upload') delete own.id
      return own
    })
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

/** What a client may say: without nulls, what a server sets, and what it does not keep of what was suppressed. */
function said(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(said)
  if (typeof value !== 'object' || value === null) return value
  const unsaid = ['uploadId', 'guid', '_deduplicator', 'origin', 'suppressed', 'time']
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, field]) => field !== null && !unsaid.includes(key))
      .map(([key, field]) => [key, said(field)]),
  )
}

/** Which record is in which data set, by what it was at first. */
function placesOf(records: readonly Fields[]): Map<unknown, string> {
  const originals = new Map(
    records
      .filter(({ type }) => type === 'upload')
      .map(({ id, client }) => [id, JSON.stringify((client as Fields).private)]),
  )
  return new Map(
    records
      .filter(({ type }) => type !== 'upload')
      .map(({ id, uploadId }) => [id, originals.get(uploadId) ?? 'none']),
  )
}

describe('what was read out, against the real server', () => {
  for (const [name, dataSets, sentence, repeated] of [
    ['jill-jellyfish.json', 8, /^Stored 2,188 records in 8 data sets[.:]/, 0],
    ['api-data-2015-07-27.json', 1, /^Stored 1,984 records in data set [0-9a-f]{32}[.:]/, 992],
    ['bolus-2018-04-25-series-of-extended-boluses.json', 1, /^Stored 31 records in data set/, 0],
    ['bolus-2018-04-26-extended-bolus-with-override.json', 1, /^Stored 28 records in data set/, 0],
  ] as const) {
    test(`[CLI-38] ${name} goes up whole, again without one double, and from there into a second account`, {
      skip,
    }, async (t) => {
      const world = await serving(t)
      const { run, file } = world
      const path = new URL(name, samples)
      await logIn(world)
      for (let n = 0; n < 2; n++) {
        const { code, stdout, stderr } = await run(['upload', path.pathname])
        assert.equal(code, 0, stderr)
        assert.match(stdout, sentence)
        assert.equal(/^(\d+) records repeated/m.exec(stderr)?.[1] ?? '0', String(repeated))
      }
      const first = await readBack(world)
      const sent: Fields[] = JSON.parse(readFileSync(path, 'utf8'))
      const expected = new Map(
        sent.filter(({ type }) => type !== 'upload').map((record) => [record.id, record]),
      )
      const data = first.records.filter(({ type }) => type !== 'upload')
      assert.equal(first.records.length - data.length, dataSets)
      assert.equal(data.length, expected.size, 'each distinct id once')
      for (const record of data) {
        const before = expected.get(record.id)
        // Its units are those of the values now (CL-61).
        const units = record.type === 'pumpSettings' ? { units: record.units } : {}
        assert.deepEqual(said(record), { ...(said(before) as Fields), ...units })
        assert.equal(Date.parse(String(record.time)), Date.parse(String(before?.time)))
      }

      await logIn(world, 'bob@example.org')
      const again = await run(['upload', await file('back.ndjson', first.text)])
      assert.equal(again.code, 0, again.stderr)
      const second = await readBack(world)
      if (dataSets > 1) {
        assert.deepEqual(theirs(second.records), theirs(first.records))
        assert.deepEqual(placesOf(second.records), placesOf(first.records))
      } else {
        // The data set of the command line itself becomes that of the second account, and says so.
        assert.deepEqual(
          theirs(second.records).filter(({ type }) => type !== 'upload'),
          theirs(data),
        )
        assert.equal(second.records.length, first.records.length)
      }
      const { stdout } = await run(['upload', '-'], { stdin: first.text })
      assert.equal(stdout.replace(/:.*/, '.'), again.stdout.replace(/:.*/, '.'))
      assert.equal((await readBack(world)).records.length, second.records.length)
    })
  }
})
