import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { StoreNotOpened } from '../port.ts'
import { lockDirectory } from './lock.ts'
import { scratchDirectories } from './scratch.fixture.ts'

const scratch = scratchDirectories()

test('[ST-112] a directory is locked once, in this process too, until the lock is released', async () => {
  const directory = scratch()
  const lock = await lockDirectory(directory, 0)
  await assert.rejects(lockDirectory(directory, 100), (error: unknown) => {
    assert.ok(error instanceof StoreNotOpened)
    assert.equal(error.reason, 'in-use')
    assert.ok(error.message.includes(directory))
    return true
  })
  lock.release()
  const again = await lockDirectory(directory, 0)
  again.release()
})

test('[ST-113] somebody who waits gets the lock when it is released', async () => {
  const directory = scratch()
  const lock = await lockDirectory(directory, 0)
  setTimeout(() => lock.release(), 200)
  const next = await lockDirectory(directory, 5000)
  next.release()
})

test('[ST-114] another process keeps the directory, and its death by SIGKILL frees it at once', async (t) => {
  const directory = scratch()
  const lockModule = JSON.stringify(new URL('./lock.ts', import.meta.url).href)
  const script = `import(${lockModule})
    .then(({ lockDirectory }) => lockDirectory(process.argv[1], 0))
    .then((lock) => { globalThis.held = lock; process.stdout.write('locked'); setInterval(() => {}, 1000) })`
  const child = spawn(process.execPath, ['-e', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  await assert.rejects(lockDirectory(directory, 100), { name: 'StoreNotOpened', reason: 'in-use' })
  child.kill('SIGKILL')
  await exited
  const lock = await lockDirectory(directory, 0)
  assert.equal(readFileSync(join(directory, 'tidegauge.lock')).length, 0)
  lock.release()
})
