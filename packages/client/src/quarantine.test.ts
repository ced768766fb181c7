import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '@tidegauge/server/testing'
import { loggedInClient } from '../testing/logged-in-client.ts'
import { rejection } from '../testing/rejection.ts'
import { answer, scriptedServer } from '../testing/scripted-server.ts'
import { createClient } from './client.ts'

const time = '2026-01-05T10:00:00.000Z'
const cbg = (id: string, value: number) => ({ type: 'cbg', time, units: 'mmol/L', value, origin: { id } })

test('[CL-70] over a real server: switched on, parked, listed, shown, corrected, re-submitted, dropped', async () => {
  await using world = await startWorld()
  const { username, password } = await world.person()
  const tide = createClient({ baseUrl: world.url })
  await tide.login({ username, password })
  const { quarantine } = tide
  assert.deepEqual(await quarantine.settings(), { enabled: false, clientNames: [] })
  const settings = { enabled: false, clientNames: ['org.example.pump'] }
  assert.deepEqual(await quarantine.change({ clientNames: ['org.example.pump'] }), settings)

  const dataSet = await tide.openDataSet({ clientName: 'org.example.pump' })
  const records = Array.from({ length: 205 }, (_, n) => cbg(`o${n}`, 56))
  await tide.upload(dataSet, [...records, cbg('good', 5)])
  const parked = await Array.fromAsync(quarantine.list())
  assert.deepEqual(
    parked.map(({ originId }) => originId),
    records.map(({ origin }) => origin.id),
  )
  const [one, two, three] = parked
  assert.ok(one && two && three)
  assert.deepEqual(await quarantine.get(one.id), { ...one, record: records[0] })
  assert.equal(one.problems[0]?.pointer, '/value')

  const refused = await rejection(quarantine.correct(one.id, cbg('o0', 57)))
  assert.deepEqual([refused.kind, refused.problems[0]?.pointer], ['invalid', '/value'])
  assert.equal((await rejection(quarantine.resubmit(two.id))).kind, 'invalid')
  await quarantine.correct(one.id, cbg('o0', 6))
  await quarantine.drop(three.id)
  assert.equal((await rejection(quarantine.get(three.id))).kind, 'not-found')
  assert.equal((await Array.fromAsync(quarantine.list())).length, 203)
  const read = await Array.fromAsync(tide.readData({ types: ['cbg'] }))
  assert.deepEqual(read.map(({ value }) => value).sort(), [5, 6])
})

test('[CL-71] what takes a record out is sent once; looking and settings are repeated', async (t) => {
  const { baseUrl, requests } = await scriptedServer(t, (_, response) => answer(response, 503, {}))
  const { quarantine } = loggedInClient(baseUrl, { retry: { maxTries: 2 } })
  for (const call of [
    () => quarantine.correct('1', {}),
    () => quarantine.resubmit('1'),
    () => quarantine.drop('1'),
  ]) {
    requests.length = 0
    assert.equal((await rejection(call())).kind, 'server-failed')
    assert.equal(requests.length, 1)
  }
  for (const call of [() => quarantine.get('1'), () => quarantine.settings(), () => quarantine.change({})]) {
    requests.length = 0
    assert.equal((await rejection(call())).kind, 'server-failed')
    assert.ok(requests.length > 1)
  }
})

test('[CL-72] an answer of another form is an unexpected one', async (t) => {
  const { baseUrl } = await scriptedServer(t, (_, response) => answer(response, 200, [{ id: 1 }]))
  const { quarantine } = loggedInClient(baseUrl)
  for (const call of [quarantine.settings(), quarantine.get('1'), Array.fromAsync(quarantine.list())]) {
    assert.equal((await rejection(call)).kind, 'unexpected-answer')
  }
})
