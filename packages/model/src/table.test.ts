/**
 * Every field of the specification's tables (`testdata/data-types.json`), tried with values that the table allows and
 * values that it does not: absent, null, of a wrong kind, around each limit, each word and others. What must come out is
 * read off the table by an interpreter of its own (`testing/table/`), never by the model.
 *
 * Where the table is silent, `judge.ts` follows the reference: the expected duration of an extended bolus is checked also
 * where it must not be, and the second start of a schedule is compared with 0, not with a wrong first one. Rule D18 (what
 * the server sets of a data set) is ours.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { idFor } from '../testing/id-for.ts'
import { type Case, casesAt } from '../testing/table/cases.ts'
import { judge, judgeDatum } from '../testing/table/judge.ts'
import { placesIn } from '../testing/table/places.ts'
import { innerOf, LINK, storedDatum } from '../testing/table/stored.ts'
import {
  dataKinds,
  dataSetTable,
  datumTable,
  type Kind,
  typesInDataArray,
  wordsOfFields,
} from '../testing/table/table.ts'
import { canonicalJson } from './canonical-json.ts'
import { acceptAll, explain, parseData } from './parse-data.ts'
import { parseDataSet } from './parse-data-set.ts'
import type { Problem } from './wire.ts'

/** The records that were tried, as JSON. */
const tried = new Set<string>()

function* casesOf(table: ReturnType<typeof datumTable>): Generator<Case> {
  for (const place of placesIn(table)) yield* casesAt(table, place)
}

function codesOf(problems: readonly Problem[]): string[] {
  return problems.map(({ code, pointer }) => `${code} ${pointer}`).sort()
}

/** That the table itself has for this field what the one case says, whatever else is wrong with the record. */
function assertOwn({ own, path }: Case, expected: readonly string[], pointer: string): void {
  if (own === undefined) return
  const place = `${pointer}/${path}`
  const codes = expected.flatMap((fault) => (fault.endsWith(` ${place}`) ? [fault.split(' ')[0]] : []))
  if (own === 'none') assert.deepEqual(codes, [])
  else assert.ok(codes.includes(own), `${own} is not among ${codes}`)
}

function assertDatum(kind: Kind, one: Case): void {
  const { record } = one
  const expected = judgeDatum(record)
  assertOwn(one, expected, '/0')
  const parsed = parseData([record], { idFor })
  assert.deepEqual('problems' in parsed ? codesOf(parsed.problems) : [], expected)
  const settled = explain([record])
  assert.deepEqual(acceptAll([record]), 'problems' in settled ? undefined : settled, 'both ways')
  if (!('data' in parsed)) return
  const [datum, inner, ...others] = parsed.data
  assert.deepEqual(others, [])
  const innerRecord = innerOf(kind, record)
  assertSame(
    datum?.body,
    innerRecord && inner
      ? linked(storedDatum(kind, record), innerRecord, inner.id)
      : storedDatum(kind, record),
  )
  assert.equal(inner === undefined, innerRecord === undefined)
  if (inner && innerRecord) {
    // By D8 it has the origin of the other, if it has none of its own.
    const { origin: _origin, ...body } = inner.body
    const { origin: _sent, ...stored } = storedDatum(innerRecord.kind, innerRecord.datum)
    assertSame(body, stored)
  }
}

/** "When the embedded bolus is automated it is stored but the link is lost." */
function linked(
  stored: Readonly<Record<string, unknown>>,
  { field, kind }: { field: string; kind: Kind },
  id: string | undefined,
): object {
  const { [field]: link, ...rest } = stored
  assert.equal(link, LINK)
  return kind.type === 'bolus' && kind.word === 'automated' ? rest : { ...rest, [field]: id }
}

function assertSame(actual: unknown, expected: unknown): void {
  assert.equal(canonicalJson(actual), canonicalJson(expected))
}

function run(cases: Iterable<Case>, check: (one: Case) => void): number {
  let count = 0
  const failures: string[] = []
  for (const one of cases) {
    count++
    tried.add(canonicalJson([one.record]))
    try {
      check(one)
    } catch (error) {
      const { message } = error as Error
      failures.push(`${one.path}: ${one.name}\n${message}\n${JSON.stringify(one.record).slice(0, 1000)}`)
    }
  }
  assert.equal(
    failures.length,
    0,
    `${failures.length} of ${count} failed, first:\n${failures.slice(0, 5).join('\n\n')}`,
  )
  return count
}

function bodiesOf(type: string): string[] {
  const text = readFileSync(new URL(`../testdata/vectors/${type}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => canonicalJson(JSON.parse(line).body))
}

const INTERPRETED = new Set(
  `type presence enum enumRef const format layout notZero pattern emptyAllowed nonEmpty minLength maxLength min max
   minField maxField notBeforeField unitRange unitEnum unitsFrom schema open maxBytes items maxItems unique schedule
   values allowed normalize storedAs serverSet`.split(/\s+/),
)
const REMARKS = new Set('note unit unsure stored deprecated keyNote default errors'.split(' '))

describe('[DT-table-1] every field is read as the table says', () => {
  for (const kind of dataKinds) {
    const name = kind.word === undefined ? kind.type : `${kind.type} ${kind.word}`
    test(name, (t) => {
      const count = run(casesOf(datumTable(kind)), (one) => assertDatum(kind, one))
      t.diagnostic(`${name}: ${count} cases`)
    })
  }

  test('the body of a data set', (t) => {
    const count = run(casesOf(dataSetTable()), (one) => {
      const expected = judge(dataSetTable(), one.record, '')
      assertOwn(one, expected, '')
      const parsed = parseDataSet(one.record)
      assert.ok(typeof parsed === 'object')
      assert.deepEqual('problems' in parsed ? codesOf(parsed.problems) : [], expected)
    })
    t.diagnostic(`data set: ${count} cases`)
  })

  test('[DT-table-2] more than 2,000 records are tried beyond the recorded ones', (t) => {
    const recorded = [...typesInDataArray, 'upload'].flatMap(bodiesOf)
    const beyond = tried.difference(new Set(recorded)).size
    t.diagnostic(
      `${beyond} records generated from the table that are not among the ${recorded.length} recorded ones`,
    )
    assert.ok(beyond > 2000, `${beyond}`)
  })

  test('[DT-table-3] nothing that the table says of a field is left out', () => {
    assert.deepEqual(
      wordsOfFields().filter((word) => !INTERPRETED.has(word) && !REMARKS.has(word)),
      [],
    )
  })
})
