import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aPerson, aRecord } from '../conformance/examples.ts'
import { StoreUnavailable } from '../port.ts'
import { openSqliteStore } from './open.ts'
import { scratchDirectories } from './scratch.fixture.ts'

const scratch = scratchDirectories()

/** Runs a test on a disk of that many MiB; skips it where this process may not mount one. */
async function onSmallDisk(
  t: TestContext,
  mebibytes: number,
  carryOut: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = scratch()
  try {
    const size = `size=${mebibytes}m`
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, 'tidegauge-test', directory], { stdio: 'ignore' })
  } catch {
    t.skip('needs the right to mount a tmpfs')
    return
  }
  try {
    await carryOut(directory)
  } finally {
    execFileSync('umount', [directory])
  }
}

const remount = (directory: string, option: string): void => {
  execFileSync('mount', ['-o', `remount,${option}`, directory], { stdio: 'ignore' })
}

test('[ST-117] a full disk refuses the write, keeps all before it, and writes again when there is room', (t) =>
  onSmallDisk(t, 4, async (directory) => {
    const store = await openSqliteStore({ directory })
    try {
      const person = await aPerson(store)
      const plan = (n: number) =>
        Array.from({ length: 100 }, (_, value) => aRecord(`${n}/${value}`, { value, timeMs: n }))
      let written = 0
      await assert.rejects(
        async () => {
          for (; written < 1000; written++) await person.write(plan(written))
        },
        (error: unknown) => {
          assert.ok(error instanceof StoreUnavailable)
          assert.equal(error.reason, 'full')
          return true
        },
      )
      assert.ok(written > 5, `${written} plans fit`)
      assert.equal((await person.sees()).length, 100 * written)
      assert.equal(await person.changeSequence(), 1 + 100 * written)
      await assert.rejects(person.write(plan(written)), StoreUnavailable)

      remount(directory, 'size=32m')
      assert.equal((await person.write(plan(written))).added, 100)
      assert.equal((await person.sees()).length, 100 * (written + 1))
    } finally {
      await store.close()
    }
  }))

test('[ST-118] on a full disk no new store is opened', (t) =>
  onSmallDisk(t, 1, async (directory) => {
    const ballast = join(directory, 'ballast')
    assert.throws(() => writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024)), { code: 'ENOSPC' })
    await assert.rejects(openSqliteStore({ directory }), { name: 'StoreNotOpened', reason: 'full' })
    rmSync(ballast)
    await (await openSqliteStore({ directory })).close()
  }))

test('[ST-119] a directory that cannot be written is refused, whether there is a store in it or not', (t) => {
  const refusesBoth =
    (setWritable: (directory: string, writable: boolean) => void) => async (directory: string) => {
      for (let stores = 0; stores < 2; stores++) {
        setWritable(directory, false)
        await assert.rejects(openSqliteStore({ directory }), { name: 'StoreNotOpened', reason: 'read-only' })
        setWritable(directory, true)
        await (await openSqliteStore({ directory })).close()
      }
    }
  // Modes do not stop the superuser.
  if (process.getuid?.() === 0) {
    return onSmallDisk(
      t,
      4,
      refusesBoth((directory, writable) => remount(directory, writable ? 'rw' : 'ro')),
    )
  }
  return refusesBoth((directory, writable) => chmodSync(directory, writable ? 0o700 : 0o500))(scratch())
})
