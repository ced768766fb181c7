import { aDataSet, aUser, NOW_MS } from '../conformance/examples.ts'
import { openSqliteStore } from './open.ts'

/**
 * A process that writes until it is killed: `crash.fixture.ts DIRECTORY USER-ID FIRST-PLAN`. It prints the number of
 * each plan when it is acknowledged.
 */

export const ROWS_PER_PLAN = 20
export const DATA_SET_ID = 'd'.repeat(32)

const IN_FLIGHT = 8

async function writeUntilKilled(directory: string, userId: string, firstPlan: number): Promise<void> {
  const store = await openSqliteStore({ directory, lockWaitMs: 0 })
  if ((await store.createUser(aUser({ id: userId }), { onlyIfFirst: true })) === 'created') {
    await store.createDataSet(aDataSet(userId, { id: DATA_SET_ID }))
  }
  let next = firstPlan
  const keepWriting = async () => {
    for (;;) {
      const plan = next++
      const records = Array.from({ length: ROWS_PER_PLAN }, (_, n) => ({
        dedupKey: { kind: 'o' as const, originId: `${plan}/${n}` },
        type: 'cbg',
        timeMs: plan,
        body: JSON.stringify({ plan }),
      }))
      const parked = [{ id: `${plan}`, index: 0, problems: [], json: '{}' }]
      await store.write({ dataSetId: DATA_SET_ID, nowMs: NOW_MS, records, parked })
      process.stdout.write(`${plan}\n`)
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, keepWriting))
}

const [directory, userId, firstPlan] = process.argv.slice(2)
if (import.meta.main && directory && userId) await writeUntilKilled(directory, userId, Number(firstPlan))
