import { randomBytes } from 'node:crypto'
import { after, before } from 'node:test'
import type { DataQuery, DataSet, DatumRow, PlannedRecord, RemovePlan, Store, User } from '../port.ts'

/** What the tests of the conformance suite are made of: people, data sets and records, fixed but for their ids. */

export const NOW_MS = Date.UTC(2024, 2, 1, 12)
export const MINUTE_MS = 60_000

/** One store for all tests of a group; each makes its own people in it. */
export function sharedStore(open: () => Promise<Store>): () => Store {
  let store: Store | undefined
  before(async () => {
    store = await open()
  })
  after(async () => {
    await store?.close()
  })
  return () => {
    if (!store) throw new Error('the store is opened before the tests of its group')
    return store
  }
}

export function aUser(fields: Partial<User> = {}): User {
  const id = randomBytes(5).toString('hex')
  return {
    id,
    username: `${id}@example.org`,
    emails: [`${id}@example.org`],
    roles: [],
    passwordHash: '$made-up$',
    emailVerified: true,
    createdMs: NOW_MS,
    ...fields,
  }
}

export function aDataSet(userId: string, fields: Partial<DataSet> = {}): DataSet {
  return {
    id: randomBytes(16).toString('hex'),
    userId,
    dataSetType: 'continuous',
    state: 'open',
    active: true,
    deduplicator: { name: 'org.tidepool.deduplicator.dataset.delete.origin', version: '1.0.0' },
    fingerprint: 'one',
    createdMs: NOW_MS,
    modifiedMs: fields.createdMs ?? NOW_MS,
    fields: {},
    ...fields,
  }
}

/** A record that is recognised by its origin id. Its body says what `value` it has. */
export function aRecord(
  originId: string,
  fields: Partial<PlannedRecord> & { value?: number } = {},
): PlannedRecord {
  const { value = 5.5, ...rest } = fields
  const record = { type: 'cbg', timeMs: NOW_MS, ...rest }
  return {
    dedupKey: { kind: 'o', originId },
    body: JSON.stringify({ type: record.type, origin: { id: originId }, value }),
    ...record,
  }
}

export const keyless = { dedupKey: null } as const

/** The SHA-256 of some content, as far as a store can tell. */
export function contentKey(digit: string): PlannedRecord['dedupKey'] {
  return { kind: 'c', contentSha256: digit.repeat(64) }
}

/** A datum as the wire shows it. */
export interface Shown {
  id: string
  uploadId: string
  type?: string
  origin?: { id: string }
  value?: number
}

export async function rowsOf(store: Store, query: DataQuery): Promise<DatumRow[]> {
  const rows: DatumRow[] = []
  for await (const batch of store.read(query)) rows.push(...batch)
  return rows
}

export function shown(row: DatumRow | undefined): Shown {
  if (!row) throw new Error('there is no such row')
  return JSON.parse(row.json)
}

/** Somebody with one open continuous data set, and what a test does with it. */
export interface Person {
  user: User
  dataSet: DataSet
  write(records: readonly PlannedRecord[], dataSetId?: string): ReturnType<Store['write']>
  remove(plan: Pick<RemovePlan, 'by' | 'values' | 'how'>, dataSetId?: string): ReturnType<Store['remove']>
  /** What a reader sees, oldest first. */
  sees(query?: Omit<DataQuery, 'userId'>): Promise<Shown[]>
  values(): Promise<(number | undefined)[]>
  changeSequence(): Promise<number>
}

export async function aPerson(store: Store, fields: Partial<DataSet> = {}): Promise<Person> {
  const user = aUser()
  await store.createUser(user, { onlyIfFirst: false })
  const dataSet = await store.createDataSet(aDataSet(user.id, fields))
  const sees: Person['sees'] = async (query) =>
    (await rowsOf(store, { userId: user.id, ...query })).map((row) => shown(row))
  return {
    user,
    dataSet,
    write: (records, dataSetId = dataSet.id) => store.write({ dataSetId, nowMs: NOW_MS, records }),
    remove: (plan, dataSetId = dataSet.id) => store.remove({ dataSetId, nowMs: NOW_MS, ...plan }),
    sees,
    values: async () => (await sees()).map(({ value }) => value),
    changeSequence: () => store.changeSequence(user.id),
  }
}
