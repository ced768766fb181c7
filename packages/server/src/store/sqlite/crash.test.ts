import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { rowsOf } from '../conformance/examples.ts'
import { ROWS_PER_PLAN } from './crash.fixture.ts'
import { openSqliteStore } from './open.ts'
import { scratchDirectories } from './scratch.fixture.ts'

const scratch = scratchDirectories()
const ROUNDS = 4
const PLANS_PER_ROUND = 1_000_000

test('[ST-116] a process killed while it writes loses nothing that it acknowledged and leaves no half plan', async () => {
  const directory = scratch()
  const userId = 'abcdef0123'
  const acknowledged: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const fixture = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url))
    const args = [fixture, directory, userId, String(round * PLANS_PER_ROUND)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const lines = createInterface(child.stdout)
    const started = once(lines, 'line')
    lines.on('line', (line) => acknowledged.push(Number(line)))
    await started
    await delay(20 + Math.random() * 200)
    child.kill('SIGKILL')
    const [, signal] = await exited
    assert.equal(signal, 'SIGKILL')

    const store = await openSqliteStore({ directory, lockWaitMs: 0 })
    const rows = await rowsOf(store, { userId })
    const rowsOfPlan = Map.groupBy(rows, ({ timeMs }) => timeMs)
    for (const plan of acknowledged) assert.ok(rowsOfPlan.has(plan), `plan ${plan} was acknowledged`)
    for (const [plan, { length }] of rowsOfPlan) assert.equal(length, ROWS_PER_PLAN, `rows of plan ${plan}`)
    const parked = await store.listParked({ userId, offset: 0, limit: PLANS_PER_ROUND })
    assert.deepEqual(new Set(parked.map(({ id }) => Number(id))), new Set(rowsOfPlan.keys()))
    // The data set took the first number.
    assert.equal(await store.changeSequence(userId), 1 + rows.length)
    await store.close()
  }
  assert.ok(acknowledged.length > 20, `${acknowledged.length} plans were acknowledged`)
})
