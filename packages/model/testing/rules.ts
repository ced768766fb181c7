import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acceptAll, parseData } from '../src/parse-data.ts'
import type { DatumBody } from '../src/wire.ts'
import { idFor } from './id-for.ts'

export const time = '2024-03-01T08:00:00.000Z'

/** Each fault as `pointer: detail`; none for data that passed (and did so the fast way). */
export function faultsOf(datum: object): string[] {
  const parsed = parseData([{ time, ...datum }], { idFor })
  if ('problems' in parsed)
    return parsed.problems.map(({ pointer, detail }) => `${pointer.slice(3)}: ${detail}`)
  assert.ok(acceptAll([{ time, ...datum }]), 'the fast way')
  return []
}

/** One test a row: what is said of these fields in a datum of the type. */
export function rules(type: string, rows: [name: string, fields: object, ...faults: string[]][]): void {
  for (const [name, fields, ...faults] of rows) {
    test(`[DT-${type}-2] ${name}`, () => assert.deepEqual(faultsOf({ type, ...fields }), faults))
  }
}

/** What is stored of a datum that is right, at {@link time}. */
export function storedOf(datum: object): DatumBody {
  const parsed = parseData([{ time, ...datum }], { idFor })
  assert.ok('data' in parsed, JSON.stringify(parsed))
  return parsed.data[0]?.body as DatumBody
}
