import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '@tidegauge/server/testing'
import { rejection } from '../testing/rejection.ts'
import { createClient } from './client.ts'
import type { Datum } from './read.ts'

const clientName = 'org.example.pump'

function reading(index: number) {
  return {
    type: 'cbg',
    time: new Date(Date.UTC(2026, 0, 5) + index * 300_000).toISOString(),
    deviceId: 'sensor-1',
    value: 70 + (index % 100),
    units: 'mg/dL',
    origin: { id: `reading-${index}`, name: clientName, type: 'application' },
  }
}

const readings = Array.from({ length: 2500 }, (_, index) => reading(index))

test('[CL-43] log in, open, upload, upload again, read back: every record once', async () => {
  await using world = await startWorld()
  const { username, password, userId } = await world.person()
  const tide = createClient({ baseUrl: world.url })
  assert.equal((await tide.serverStatus()).tidegauge, true)
  assert.equal((await tide.login({ username, password })).userId, userId)
  assert.equal((await tide.whoAmI()).username, username)

  const [dataSet, same] = await Promise.all([
    tide.openDataSet({ clientName, clientVersion: '1.0.0', deviceTags: ['cgm'] }),
    tide.openDataSet({ clientName }),
  ])
  assert.equal(dataSet.id, same.id)
  for (let round = 0; round < 2; round++) {
    const { sent, refused, chunks } = await tide.upload(dataSet, readings)
    assert.deepEqual([sent, refused, chunks], [2500, 0, 3])
  }

  const read = await Array.fromAsync(tide.readData({ types: ['cbg'] }))
  assert.deepEqual(
    read.map((datum) => datum.time),
    readings.map((each) => each.time),
  )
  assert.ok(read.every((datum) => datum.units === 'mmol/L' && datum.uploadId === dataSet.id))
  const from = new Date(Date.UTC(2026, 0, 6))
  const to = new Date(Date.UTC(2026, 0, 7))
  assert.equal((await Array.fromAsync(tide.readData({ types: ['cbg'], from, to }))).length, 289)
  const [newest, ...more] = await Array.fromAsync(tide.readData({ types: ['cbg'], latest: true }))
  assert.deepEqual([newest?.time, more.length], [readings.at(-1)?.time, 0])

  await tide.deleteData(dataSet, [{ origin: { id: 'reading-0' } }, { origin: { id: 'never-sent' } }])
  assert.equal((await Array.fromAsync(tide.readData({ types: ['cbg'] }))).length, 2499)

  const later = createClient({ baseUrl: world.url, session: tide.session })
  assert.equal((await later.openDataSet({ clientName })).id, dataSet.id)
  assert.equal((await Array.fromAsync(later.listDataSets({ clientName }))).length, 1)
})

test('[CL-43] records that a real server refuses are named, in both phases, and the rest is stored', async () => {
  await using world = await startWorld()
  const { token, userId } = await world.person()
  const tide = createClient({ baseUrl: world.url, session: { token, userId } })
  const dataSet = await tide.openDataSet({ clientName })
  const mixed: object[] = readings.slice(0, 1200)
  mixed[3] = { ...reading(3), value: 'five' }
  mixed[7] = { ...reading(7), value: 5000 }
  mixed[9] = { ...reading(9), time: undefined }
  mixed[1100] = { ...reading(1100), type: 'unheard-of' }
  const result = await tide.upload(dataSet, mixed)
  assert.deepEqual(
    result.refusals.map(({ index, problems }) => [index, problems[0]?.pointer]),
    [
      [3, '/value'],
      [7, '/value'],
      [9, '/time'],
      [1100, '/type'],
    ],
  )
  assert.equal(result.sent, 1196)
  assert.equal((await Array.fromAsync(tide.readData({ types: ['cbg'] }))).length, 1196)
})

test('[CL-43] chunks shrink to what a real server takes', async () => {
  await using world = await startWorld({ limits: { bodyBytes: 50_000 } })
  const { token, userId } = await world.person()
  const tide = createClient({ baseUrl: world.url, session: { token, userId } })
  const dataSet = await tide.openDataSet({ clientName })
  const result = await tide.upload(dataSet, readings)
  assert.deepEqual([result.sent, result.refused], [2500, 0])
  assert.ok(result.chunks > 3)
  assert.equal((await Array.fromAsync(tide.readData({ types: ['cbg'] }))).length, 2500)
})

test('[CL-43] a revoked token is replaced by a log-in, or told', async () => {
  await using world = await startWorld()
  const { username, password } = await world.person()
  const tide = createClient({ baseUrl: world.url, credentials: async () => ({ username, password }) })
  const dataSet = await tide.openDataSet({ clientName })
  const { session } = tide
  await createClient({ baseUrl: world.url, session }).logout()
  assert.equal((await tide.upload(dataSet, readings.slice(0, 10))).sent, 10)
  assert.notEqual(tide.session?.token, session?.token)
  const stale = createClient({ baseUrl: world.url, session })
  assert.equal((await rejection(stale.whoAmI())).kind, 'session-expired')
  assert.equal((await rejection(stale.upload(dataSet, readings))).kind, 'session-expired')
  assert.equal((await rejection(tide.login({ username, password: 'wrong' }))).kind, 'login-refused')
  assert.equal((await rejection(tide.upload('0'.repeat(32), readings))).kind, 'data-set-not-found')
  assert.equal((await rejection(tide.signUp({ username, password }))).kind, 'account-exists')
  const refreshed = await tide.refresh()
  assert.equal(refreshed.username, username)
  assert.equal((await tide.whoAmI()).userId, refreshed.userId)
})

test('[CL-60] what was read from a real server goes into an empty account and comes back the same, links included', async () => {
  await using world = await startWorld()
  const signIn = async () => {
    const { token, userId } = await world.person()
    return createClient({ baseUrl: world.url, session: { token, userId } })
  }
  const origin = (id: string) => ({ id, name: clientName, type: 'application' })
  const time = '2026-01-05T10:00:00.000Z'
  const bolus = { type: 'bolus', subType: 'normal', time, normal: 2 }
  const status = {
    type: 'deviceEvent',
    subType: 'status',
    time,
    status: 'suspended',
    reason: { suspended: 'manual' },
  }
  const there = await signIn()
  const pump = await there.openDataSet({ clientName, deviceId: 'pump', deviceTags: ['insulin-pump'] })
  const { refused } = await there.upload(pump, [
    { type: 'wizard', time, units: 'mg/dL', bgInput: 180, bolus, origin: origin('wizard') },
    {
      type: 'wizard',
      time,
      units: 'mg/dL',
      bgInput: 90,
      bolus: { ...bolus, origin: origin('own') },
      origin: origin('w2'),
    },
    { type: 'deviceEvent', subType: 'alarm', alarmType: 'occlusion', time, status, origin: origin('alarm') },
    { type: 'deviceEvent', subType: 'reservoirChange', time, status, origin: origin('change') },
  ])
  assert.equal(refused, 0)
  const sensor = await there.openDataSet({ clientName: 'org.example.sensor' })
  await there.upload(sensor, readings.slice(0, 10))

  const read = await Array.fromAsync(there.readData())
  assert.equal(read.length, 8 + 10 + 2)
  const here = await signIn()
  const restored = await here.restore(read)
  assert.deepEqual([restored.sent, restored.refused, restored.unlinked], [18, 0, 0])
  assert.deepEqual(
    restored.dataSets.map(({ state }) => state),
    ['made', 'made'],
  )

  /** Without what a server sets; the data set of each by what it was at first. */
  const theirs = (records: Datum[]) => {
    const original = (record: Datum) =>
      (record.client as { private?: { original: object } })?.private?.original
    const originals = new Map(
      records.map((record) => [record.id, original(record) ?? { uploadId: record.id }]),
    )
    return records
      .map(({ uploadId, ...record }) => {
        if (record.type !== 'upload') return { ...record, dataSet: originals.get(uploadId) }
        const { id, byUser, createdUserId, createdTime, modifiedTime, client, ...own } = record
        return { ...own, dataSet: originals.get(id) }
      })
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  const back = await Array.fromAsync(here.readData())
  assert.deepEqual(theirs(back), theirs(read))
  assert.ok(
    back.filter(({ type }) => type === 'wizard').every((each) => back.some(({ id }) => id === each.bolus)),
  )

  // A second time, there and here: nothing changes.
  for (const [tide, before] of [
    [there, read],
    [here, back],
  ] as const) {
    const again = await tide.restore(read)
    assert.ok(again.dataSets.every(({ state }) => state === 'found'))
    assert.deepEqual(theirs(await Array.fromAsync(tide.readData())), theirs(before))
  }
  assert.equal(
    (await here.openDataSet({ clientName, deviceId: 'pump' })).id,
    restored.dataSets.find(({ uploadId }) => uploadId === pump.id)?.dataSetId,
  )
})
