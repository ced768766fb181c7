import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { createClient } from '@tidegauge/client'
import { commandLine } from '../testing/command-line.ts'

test('[CLI-94] demo shows a made-up person on a server of its own, and leaves nothing', async (t) => {
  const { start, directory } = await commandLine(t)
  const demo = start(['demo', '--days', '3', '--no-open'], { env: { TMPDIR: directory } })
  await demo.says(/^Tidegauge shows a made-up person at .*\n/m)
  const address = new URL(/http:\/\/\S+/.exec(demo.stdout())?.[0] ?? '')
  const page = await fetch(address, { headers: { accept: 'text/html' } })
  assert.match(await page.text(), /<title>Tidegauge<\/title>/)
  const key = address.hash.replace('#demo=', '')
  const { username, password } = JSON.parse(Buffer.from(key, 'base64url').toString())
  const client = createClient({ baseUrl: address.origin })
  await client.login({ username, password })
  const { n } = await client.stats()
  assert.ok(n > 500, `${n} readings`)
  const stranger = createClient({ baseUrl: address.origin })
  await assert.rejects(stranger.signUp({ username: 'x@example.org', password: 'correct-horse' }))
  assert.equal(
    (await readdir(directory)).some((name) => name.startsWith('tidegauge-demo-')),
    true,
  )
  demo.child.kill('SIGINT')
  const { code } = await demo.ended
  assert.equal(code, 0)
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.startsWith('tidegauge-demo-')),
    [],
  )
})

test('[CLI-94] a number of days that is none is refused before anything starts', async (t) => {
  const { run } = await commandLine(t)
  const { code, stderr } = await run(['demo', '--days', 'many', '--no-open'])
  assert.equal(code, 2)
  assert.match(stderr, /1 to 365 days/)
})

test('[CLI-94] a port that is taken is told, and nothing is left of the start', async (t) => {
  const { run, directory } = await commandLine(t)
  await using other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  for (const [wanted, words, expected] of [
    [`${port}`, /is in use/, 1],
    ['70000', /must be a port number/, 2],
  ] as const) {
    const { code, stderr } = await run(['demo', '--no-open', '--port', wanted], {
      env: { TMPDIR: directory },
    })
    assert.equal(code, expected)
    assert.match(stderr, words)
  }
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.startsWith('tidegauge-demo-')),
    [],
  )
})
