import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logIn, password, serving, username } from '../testing/serving.ts'

test('[CLI-58] share says who may see, invites with a link to hand over, and takes both back', async (t) => {
  const world = await serving(t)
  const { run, data } = world
  await logIn(world)
  const nobody = await run(['share'])
  assert.deepEqual([nobody.code, nobody.stdout], [0, ''])
  assert.match(nobody.stderr, /^Nobody but you may see your data/)
  const added = await run(['user', 'add', 'bo@example.org', '--data', data, '--json'], {
    env: { TIDEGAUGE_PASSWORD: password },
  })
  const bo = JSON.parse(added.stdout)

  assert.equal((await run(['share', 'add', 'bo@example.org', 'fly'])).code, 2)
  const invited = await run(['share', 'add', 'bo@example.org', 'view', 'upload'])
  assert.match(
    invited.stdout,
    /^Invited bo@example\.org \(upload, view\)\. Hand them this link.*\nhttp:\/\/127\.0\.0\.1:\d+\/invitation\/[\w-]{32}\n$/,
  )
  const again = await run(['share', 'add', 'bo@example.org', 'view'])
  assert.equal(again.code, 1)
  assert.match(again.stderr, /invited or let in before/)
  assert.match((await run(['share', 'list'])).stdout, /\nbo@example\.org\tupload, view\t\tinvited\n$/)

  const link = invited.stdout.trim().split('\n').at(-1) ?? ''
  const form = new URLSearchParams({ username: 'bo@example.org', password, choice: 'accept' })
  assert.equal((await fetch(link, { method: 'POST', body: form })).status, 200)
  const listed = JSON.parse((await run(['share', 'list', '--json'])).stdout)
  assert.deepEqual(listed, {
    people: [{ userId: bo.userId, username: 'bo@example.org', may: ['upload', 'view'], letsMe: [] }],
    invitations: [],
  })
  assert.equal((await run(['share', 'remove', 'BO@example.org'])).code, 0)
  assert.equal((await run(['share', 'remove', 'bo@example.org'])).code, 1)
  await run(['share', 'add', 'cy@example.org', 'view'])
  assert.match((await run(['share', 'remove', 'cy@example.org'])).stdout, /taken back/)
})

test('[CLI-59] audit says who did what, from where, and how often', async (t) => {
  const world = await serving(t)
  const { run } = world
  await logIn(world)
  await run(['data'])
  const { stdout } = await run(['audit'])
  assert.match(stdout, /^when\twho\twhat\ttimes\tfrom\twith\n/)
  assert.match(stdout, /\tyou\tread data\t1\t127\.0\.0\.1\t/)
  const entries = (await run(['audit', '--json', '--from', '2020-01-01'])).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.ok(entries.some(({ operation, who }) => operation === 'sign in' && who.username === username))
  assert.equal((await run(['audit', '--to', '2020-01-01'])).stdout.split('\n').length, 2, 'the head alone')
})

test('[CLI-59] keys rotate and reset-link speak to the running server', async (t) => {
  const world = await serving(t)
  const { run, data } = world
  await logIn(world)
  assert.equal((await run(['keys', 'rotate', '--data', data])).code, 0)
  assert.match(
    (await run(['user', 'reset-link', username, '--data', data])).stdout,
    /^http:\/\/127\.0\.0\.1:\d+\/reset\/[\w-]{32}\n$/,
  )
  assert.equal((await run(['user', 'reset-link', 'nobody@example.org', '--data', data])).code, 1)
  world.server.child.kill('SIGTERM')
  await world.server.ended
  assert.equal((await run(['keys', 'rotate', '--data', data])).code, 0)
  assert.match((await run(['user', 'reset-link', username, '--data', data])).stderr, /start the server first/)
})
