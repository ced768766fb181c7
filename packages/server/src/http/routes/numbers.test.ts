import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type GlucoseRecord, profile, stats } from '@tidegauge/stats'
import { type Person, startWorld, type World } from '../../testing/world.ts'

const NOW = '2026-03-31T12:00:00.000Z'
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

describe('numbers over HTTP', () => {
  let world: World
  before(async () => {
    world = await startWorld({ now: () => Date.parse(NOW) })
  })
  after(() => world[Symbol.asyncDispose]())

  const numbers = async (who: Person, what: string, query: Record<string, string> = {}) => {
    const answer = await world.send('GET', `/v1/users/${who.userId}/${what}?${new URLSearchParams(query)}`, {
      token: who.token,
    })
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }
  /** Whole mg/dL every five minutes, the last one at a time. */
  const trace = (count: number, lastMs: number) =>
    Array.from({ length: count }, (_, n) => ({
      type: 'cbg',
      time: new Date(lastMs - (count - 1 - n) * 5 * MINUTE_MS).toISOString(),
      value: 60 + ((n * 37) % 300),
      units: 'mg/dL',
      deviceId: 'sensor',
      origin: { id: `r${n}` },
    }))
  const send = async (who: Person, dataSet: string, body: object[]) => {
    for (let n = 0; n < body.length; n += 1000) {
      const part = body.slice(n, n + 1000)
      const answer = await world.send('POST', `/v1/data_sets/${dataSet}/data`, {
        token: who.token,
        body: part,
      })
      assert.equal(answer.status, 200, answer.text)
    }
  }

  test('[NU-10] the numbers over HTTP are those of the same records in one’s own process', async () => {
    const me = await world.person()
    const readings = trace(3000, Date.parse('2026-03-30T10:00:00Z'))
    await send(me, await world.dataSet(me), readings)
    const window = {
      fromMs: Date.parse('2026-03-21T00:00:00+01:00'),
      toMs: Date.parse('2026-03-30T00:00:00+02:00'),
      timeZone: 'Europe/Berlin',
    }
    const query = {
      from: '2026-03-21T00:00:00+01:00',
      to: '2026-03-30T00:00:00+02:00',
      timeZone: 'Europe/Berlin',
      units: 'mmol/L',
    }
    const cbg = readings as GlucoseRecord[]
    const expected = stats({ cbg, smbg: [], doses: [] }, window, 'mmol/L')
    assert.deepEqual(await numbers(me, 'stats', query), JSON.parse(JSON.stringify(expected)))
    const options = { ...window, units: 'mmol/L', binMinutes: 15, percentiles: [10, 50, 90] } as const
    assert.deepEqual(
      await numbers(me, 'agp', { ...query, binMinutes: '15', percentiles: '10,50,90' }),
      JSON.parse(JSON.stringify(profile(cbg, options))),
    )
    // The day on which summer time begins.
    assert.equal(expected.daily['2026-03-29']?.n, 23 * 12)
  })

  test('[NU-11] without from and to it is the 14 days up to the last reading, in the person’s own zone and units', async () => {
    const me = await world.person()
    await send(
      me,
      await world.dataSet(me, { timezone: 'America/New_York' }),
      trace(5000, Date.parse('2026-03-30T10:00:00Z')),
    )
    const settings = { units: { bg: 'mmol/L' } }
    await world.send('PUT', `/metadata/${me.userId}/settings`, { token: me.token, body: settings })
    const { window, units, n } = await numbers(me, 'stats')
    assert.deepEqual(window, {
      from: '2026-03-16T10:00:00.001Z',
      to: '2026-03-30T10:00:00.001Z',
      timeZone: 'America/New_York',
    })
    assert.deepEqual([units, n], ['mmol/L', 14 * 288])
  })

  test('[NU-11] somebody without data gets no number, and why', async () => {
    const me = await world.person()
    const { window, n, mean, tir, reasons, insulin, daily } = await numbers(me, 'stats')
    assert.deepEqual(
      { n, mean, tir, insulin, daily },
      { n: 0, mean: null, tir: null, insulin: null, daily: {} },
    )
    assert.equal(window.to, NOW)
    assert.equal(reasons.mean, 'no readings in this window')
    assert.equal((await numbers(me, 'agp')).bins.length, 24)
    assert.deepEqual((await numbers(me, 'series')).points, [])
  })

  test('[NU-12] an answer is never older than the data: an upload, a replacement and a deletion show at once', async () => {
    const me = await world.person()
    const dataSet = await world.dataSet(me)
    const [first, second] = trace(2, Date.parse(NOW))
    assert.ok(first && second)
    const means = async () => (await numbers(me, 'stats', { units: 'mg/dL' })).mean
    await send(me, dataSet, [{ ...first, value: 100 }])
    assert.equal(await means(), 100)
    await send(me, dataSet, [{ ...second, value: 200 }])
    assert.equal(await means(), 150)
    await send(me, dataSet, [{ ...second, value: 300 }])
    assert.equal(await means(), 200)
    const body = [{ origin: { id: second.origin.id } }]
    await world.send('DELETE', `/v1/data_sets/${dataSet}/data`, { token: me.token, body })
    assert.equal(await means(), 100)
  })

  test('[NU-8] in whatever order and chunks, and however often the same came, the numbers are the same', async () => {
    const readings = trace(600, Date.parse('2026-03-30T10:00:00Z'))
    // Two of one instant, too.
    const twins = readings
      .slice(0, 50)
      .map((one, n) => ({ ...one, value: one.value + 9, origin: { id: `s${n}` } }))
    const all = [...readings, ...twins]
    const shuffled = all.map((one, n) => ({ one, at: (n * 7919) % 653 })).sort((a, b) => a.at - b.at)
    const [tidy, untidy] = [await world.person(), await world.person()]
    await send(tidy, await world.dataSet(tidy), all)
    const dataSet = await world.dataSet(untidy)
    for (let n = 0; n < shuffled.length; n += 37) {
      const part = shuffled.slice(Math.max(0, n - 20), n + 37).map(({ one }) => one)
      await send(untidy, dataSet, part)
    }
    for (const what of ['stats', 'agp', 'series']) {
      assert.deepEqual(await numbers(untidy, what), await numbers(tidy, what), what)
    }
  })

  test('[NU-2] a basal that began before the window counts only its part in it', async () => {
    const me = await world.person()
    const toMs = Date.parse(NOW)
    await send(me, await world.dataSet(me), [
      {
        ...{ type: 'basal', deliveryType: 'scheduled', rate: 1.5, duration: 4 * DAY_MS, scheduleName: 'a' },
        ...{ time: new Date(toMs - 3 * DAY_MS).toISOString(), deviceId: 'pump', origin: { id: 'b' } },
      },
    ])
    const query = { from: new Date(toMs - DAY_MS).toISOString(), to: NOW, timeZone: 'UTC' }
    const { insulin } = await numbers(me, 'stats', query)
    assert.deepEqual([insulin.basalUnits, insulin.basalCoverageHours], [36, 24])
  })

  test('[NU-10] a profile of some days of the local week', async () => {
    const me = await world.person()
    await send(me, await world.dataSet(me), trace(4032, Date.parse('2026-03-27T22:55:00Z')))
    const query = {
      timeZone: 'Europe/Berlin',
      from: '2026-03-14T00:00:00+01:00',
      to: '2026-03-28T00:00:00+01:00',
    }
    const all = await numbers(me, 'agp', query)
    const week = await numbers(me, 'agp', { ...query, weekdays: '1,2,3,4,5' })
    const weekend = await numbers(me, 'agp', { ...query, weekdays: '6,7' })
    assert.deepEqual([all.n, week.n, weekend.n], [14 * 288, 10 * 288, 4 * 288])
    assert.deepEqual([week.days, weekend.days], [10, 4])
  })

  test('[NU-13] a long time in pieces: the least, the middle and the greatest of each', async () => {
    const me = await world.person()
    const lastMs = Date.parse('2026-03-30T11:55:00Z')
    await send(me, await world.dataSet(me), trace(24, lastMs))
    const { points, bucketMinutes } = await numbers(me, 'series', { bucketMinutes: '60', units: 'mg/dL' })
    assert.equal(bucketMinutes, 60)
    const values = Array.from({ length: 24 }, (_, n) => 60 + ((n * 37) % 300))
    const hours = [values.slice(0, 12), values.slice(12)].map((all) => all.sort((a, b) => a - b))
    assert.deepEqual(
      points,
      hours.map((all, n) => ({
        time: `2026-03-30T1${n}:00:00.000Z`,
        n: 12,
        min: all[0],
        median: ((all[5] ?? 0) + (all[6] ?? 0)) / 2,
        max: all[11],
      })),
    )
    const year = { from: '2025-03-30T00:00:00Z', to: '2026-03-30T00:00:00Z' }
    assert.equal((await numbers(me, 'series', year)).bucketMinutes, 720)
  })

  test('[NU-14] more pieces than anybody can look at are refused', async () => {
    const me = await world.person()
    const query = 'from=2024-03-30T00:00:00Z&to=2026-03-30T00:00:00Z&bucketMinutes=1'
    const { status, text } = await world.send('GET', `/v1/users/${me.userId}/series?${query}`, {
      token: me.token,
    })
    assert.deepEqual([status, /"parameter":"bucketMinutes"/.test(text)], [400, true], text)
  })

  const refused: [query: string, parameter: string][] = [
    ['from=yesterday', 'from'],
    ['from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z', 'to'],
    ['from=2020-01-01T00:00:00Z&to=2026-03-01T00:00:00Z', 'from'],
    ['timeZone=Mars/Olympus', 'timeZone'],
    ['timeZone=Factory', 'timeZone'],
    ['units=mg', 'units'],
    ['unit=mg/dL', 'unit'],
  ]
  for (const [query, parameter] of refused) {
    test(`[NU-14] 400 names the parameter: ${query}`, async () => {
      const me = await world.person()
      const { status, json } = await world.send('GET', `/v1/users/${me.userId}/stats?${query}`, {
        token: me.token,
      })
      assert.equal(status, 400)
      const sources = [json.source, ...(json.errors ?? []).map((one: { source: object }) => one.source)]
      assert.deepEqual(sources.find(Boolean), { parameter })
    })
  }

  for (const query of [
    'binMinutes=7',
    'binMinutes=1',
    'percentiles=50,5',
    'percentiles=5,,50',
    'percentiles=101',
    'weekdays=0,1',
    'weekdays=1.5',
  ]) {
    test(`[NU-14] 400 names the parameter: agp?${query}`, async () => {
      const me = await world.person()
      const { status, text } = await world.send('GET', `/v1/users/${me.userId}/agp?${query}`, {
        token: me.token,
      })
      assert.equal(status, 400)
      assert.match(text, new RegExp(`"parameter":"${query.split('=')[0]}"`))
    })
  }
})
