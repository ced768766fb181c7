import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openStore } from '../../compose.ts'
import type { Store } from '../../store/port.ts'
import { cbgAt, type Person, startWorld, type World } from '../../testing/world.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** The recorded people are of the months before. */
const NOW_MS = Date.UTC(2026, 10, 23, 14, 30)
/** The newest whole hour. */
const H = NOW_MS - 30 * MINUTE_MS - HOUR_MS

type Kind = 'cgm' | 'bgm' | 'con'
type Fields = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects and fails if it is not there
type Json = any

const iso = (timeMs: number) => new Date(timeMs).toISOString()
const smbgAt = (timeMs: number, value: number, fields: Fields = {}) => ({
  ...cbgAt(iso(timeMs), { value, ...fields }),
  type: 'smbg',
})
/** One every five minutes, from a time on. */
const everyFive = (fromMs: number, values: readonly number[], fields: Fields = {}) =>
  values.map((value, n) => cbgAt(iso(fromMs + n * 5 * MINUTE_MS), { value, ...fields }))
const repeat = (value: number, times: number) => Array.from({ length: times }, () => value)

/** Everything that is expected is there, to six decimals; what is not there counts as 0. */
function agrees(actual: Json, expected: Json, path = ''): void {
  if (typeof expected === 'object' && expected !== null) {
    for (const [key, value] of Object.entries(expected)) agrees(actual?.[key] ?? 0, value, `${path}.${key}`)
  } else if (typeof expected === 'number') {
    const difference = Math.abs((actual ?? 0) - expected)
    assert.ok(
      difference <= 1e-6 * Math.max(1, Math.abs(expected)),
      `${path} is ${actual}, and ${expected} is expected`,
    )
  } else assert.equal(actual, expected, path)
}

describe('summaries', () => {
  let world: World
  let nowMs = NOW_MS
  before(async () => {
    // Nobody but the tests brings anything up to date.
    world = await startWorld({ now: () => nowMs, limits: { summariesEveryMs: 2 ** 30 } })
  })
  after(() => world[Symbol.asyncDispose]())

  const get = (who: Person, kind: Kind = 'cgm', query = '') =>
    world.send('GET', `/v1/summaries/${kind}/${who.userId}${query}`, { token: who.token })
  const update = async (who: Person, kind: Kind = 'cgm'): Promise<Json> => {
    const answer = await world.send('POST', `/v1/summaries/${kind}/${who.userId}`, { token: who.token })
    assert.equal(answer.status, 200, answer.text)
    return answer.json
  }
  const periods = async (who: Person, kind: Kind = 'cgm') => (await update(who, kind)).periods
  const post = async (who: Person, dataSet: string, body: object[]) => {
    const answer = await world.send('POST', `/v1/data_sets/${dataSet}/data`, { token: who.token, body })
    assert.equal(answer.status, 200, answer.text)
  }
  const somebody = async (body: object[] = []) => {
    const who = await world.person()
    const dataSet = await world.dataSet(who)
    if (body.length > 0) await post(who, dataSet, body)
    return { who, dataSet }
  }
  const normal = async (who: Person, body: object[]) => {
    const dataSet = await world.dataSet(who, {
      dataSetType: 'normal',
      deduplicator: { name: 'org.tidepool.deduplicator.device.deactivate.hash' },
      deviceId: 'meter',
    })
    await post(who, dataSet, body)
    return dataSet
  }
  const close = (who: Person, dataSet: string) =>
    world.send('PUT', `/v1/datasets/${dataSet}`, { token: who.token, body: { dataState: 'closed' } })

  for (const line of readFileSync(new URL('../../../testdata/summaries.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')) {
    const { name, continuous, normal: closed, summaries } = JSON.parse(line)
    const records = (groups: Json[]) =>
      groups.flatMap(({ type, deviceId, sampleInterval, readings }) =>
        readings.map(([time, value, id]: [string, number, string]) => ({
          ...{ type, time, value, units: 'mmol/L', deviceId, origin: { id } },
          ...(sampleInterval !== undefined && { sampleInterval }),
        })),
      )

    test(`[SU-1] ${name}: everything is as the reference has recorded it`, async () => {
      const { who, dataSet } = await somebody()
      const body = records(continuous)
      for (let n = 0; n < body.length; n += 1000) await post(who, dataSet, body.slice(n, n + 1000))
      for (const group of closed) {
        const upload = await world.dataSet(who, {
          dataSetType: 'normal',
          deduplicator: { name: 'org.tidepool.deduplicator.device.deactivate.hash' },
          deviceId: group.deviceId,
        })
        const part = records([group])
        for (let n = 0; n < part.length; n += 1000) await post(who, upload, part.slice(n, n + 1000))
        assert.equal((await close(who, upload)).status, 200)
      }
      for (const [kind, expected] of Object.entries<Json>(summaries)) {
        await update(who, kind as Kind)
        const answer = await get(who, kind as Kind)
        assert.equal(answer.status, expected.status, kind)
        if (expected.status !== 200) continue
        const { periods, config, dates } = answer.json
        agrees(periods, expected.periods, kind)
        assert.deepEqual(config, expected.config)
        assert.deepEqual([dates.firstData, dates.lastData], [expected.firstData, expected.lastData])
        // What is 0 there is not there here either.
        for (const key of Object.keys(expected.periods)) {
          for (const [range, numbers] of Object.entries<Json>(periods[key])) {
            if (typeof numbers !== 'object') continue
            const wanted = Object.keys(expected.periods[key][range] ?? {}).sort()
            if (range !== 'delta')
              assert.deepEqual(
                Object.keys(numbers)
                  .filter((one) => one !== 'variance')
                  .sort(),
                wanted,
              )
          }
        }
      }
    })
  }

  test('[SU-2] nothing, then a stub, then four periods (scenario 67)', async () => {
    const { who, dataSet } = await somebody()
    const none = await get(who)
    assert.deepEqual([none.status, none.text], [404, '{}\n'])
    await post(who, dataSet, everyFive(H, [5]))
    const stub = (await get(who)).json
    const { outdatedSince, outdatedReason, ...unset } = stub.dates
    assert.deepEqual([stub.periods, outdatedReason, outdatedSince], [{}, ['DATA_ADDED'], iso(nowMs)])
    assert.deepEqual(new Set(Object.values(unset)), new Set(['0001-01-01T00:00:00Z']))
    const made = await update(who)
    assert.deepEqual(Object.keys(made.periods).sort(), ['14d', '1d', '30d', '7d'])
    assert.equal(made.id, stub.id)
    assert.match(made.id, /^[0-9a-f]{24}$/)
    assert.deepEqual(made.dates, {
      lastUpdatedDate: iso(nowMs),
      lastUpdatedReason: ['DATA_ADDED'],
      lastUploadDate: iso(nowMs),
      firstData: iso(H),
      lastData: iso(H),
    })
    assert.deepEqual((await get(who)).json, made)
    assert.equal((await get(who, 'bgm')).status, 404)
  })

  test('[SU-3] what has changed is summed up by itself, in turns', async () => {
    await using turning = await startWorld({ now: () => nowMs, limits: { summariesEveryMs: 50 } })
    const who = await turning.person()
    const body = everyFive(H, [5])
    const { token } = who
    await turning.send('POST', `/v1/data_sets/${await turning.dataSet(who)}/data`, { token, body })
    const look = async () => (await turning.send('GET', `/v1/summaries/cgm/${who.userId}`, { token })).json
    let summary = await look()
    for (const endMs = Date.now() + 15_000; summary.dates.outdatedSince && Date.now() < endMs; ) {
      await new Promise((done) => setTimeout(done, 20))
      summary = await look()
    }
    agrees(summary.periods['1d'], { total: { records: 1 }, averageGlucoseMmol: 5 })
  })

  test('[SU-3] what cannot be summed up of one person keeps nobody else waiting', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-test-'))
    const store = await openStore({ dataDirectory })
    let ofWhom = ''
    const broken = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (name === 'summaryMarks' && args[0] === ofWhom) throw new Error('a summary that cannot be made')
          return value.apply(target, args)
        }
      },
    })
    await using own = await startWorld({
      ...{ store: broken, dataDirectory, now: () => nowMs, limits: { summariesEveryMs: 50 } },
    })
    const [first, second] = [await own.person(), await own.person()]
    ofWhom = first.userId
    for (const { token, userId } of [first, second]) {
      const dataSet = await own.dataSet({ token, userId } as Person)
      await own.send('POST', `/v1/data_sets/${dataSet}/data`, { token, body: everyFive(H, [5]) })
    }
    for (const endMs = Date.now() + 15_000; ; ) {
      if (await store.summary(second.userId, 'cgm')) break
      assert.ok(Date.now() < endMs, 'the other one waits')
      await new Promise((done) => setTimeout(done, 20))
    }
    assert.equal(await store.summary(first.userId, 'cgm'), undefined)
  })

  test('[SU-11] whatever happens in whatever order, the same comes out as of all records anew', async () => {
    let state = 7
    const random = (below: number) => {
      state = (state * 1103515245 + 12345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    const kinds = ['cgm', 'bgm', 'con'] as const
    for (let history = 0; history < 6; history++) {
      const { who, dataSet } = await somebody()
      const readings = (place: string, count: number) =>
        Array.from({ length: count }, () => {
          // Mostly of the last days, some of long ago, so that the window moves and comes back.
          const back = random(4) === 0 ? random(70 * 24 * 60) : random(3 * 24 * 60)
          const record = cbgAt(iso(H - back * MINUTE_MS), {
            ...{ value: 2 + random(200) / 10, deviceId: place, origin: { id: `o${random(60)}` } },
          })
          return random(3) === 0 ? { ...record, type: 'smbg' } : record
        })
      const uploads: string[] = []
      for (let step = 0; step < 25; step++) {
        const kind = random(8)
        const { token } = who
        if (kind < 4) {
          const body = new Map(
            readings('sensor', 1 + random(30)).map((one) => [JSON.stringify(one.origin), one]),
          )
          await post(who, dataSet, [...body.values()])
        } else if (kind === 4) {
          const body = Array.from({ length: 5 }, () => ({ origin: { id: `o${random(60)}` } }))
          await world.send('DELETE', `/v1/data_sets/${dataSet}/data`, { token, body })
        } else if (kind < 7) {
          const upload = await normal(who, readings('meter', 5))
          await close(who, upload)
          uploads.push(upload)
        } else {
          const gone = random(4) === 0 ? dataSet : uploads.pop()
          if (gone !== undefined) await world.send('DELETE', `/v1/datasets/${gone}`, { token })
        }
        if (random(3) > 0) continue
        const periodsOf = async () => Promise.all(kinds.map(async (one) => (await update(who, one))?.periods))
        const stepwise = await periodsOf()
        await world.store.saveSummaries({
          userId: who.userId,
          changeSequence: await world.store.changeSequence(who.userId),
          marksBeforeMs: nowMs,
          kinds: kinds.map((one) => ({ kind: one, summary: undefined, hours: [], fromMs: 0 })),
        })
        const anew = await periodsOf()
        for (const [n, one] of anew.entries()) {
          if (one === undefined) assert.equal(stepwise[n], undefined)
          else agrees(stepwise[n], one, `history ${history} step ${step} ${kinds[n]}`)
        }
      }
    }
  })

  test('[SU-1] a full day of one value (scenario 68), and what is taken from it (scenario 78)', async () => {
    const { who, dataSet } = await somebody(
      everyFive(H - 23 * HOUR_MS, repeat(5, 288)).map((one, n) => ({ ...one, origin: { id: `o${n}` } })),
    )
    const first = await periods(who)
    agrees(first['1d'], {
      total: { minutes: 1440, percent: 1 },
      inTarget: { percent: 1 },
      ...{ averageGlucoseMmol: 5, glucoseManagementIndicator: 5.5, standardDeviation: 0 },
      ...{ hoursWithData: 24, daysWithData: 1, averageDailyRecords: 288 },
    })
    agrees(first['7d'], { total: { percent: 0.142857, records: 288 }, averageDailyRecords: 41.142857 })
    for (const hour of [5, 23]) {
      const body = Array.from({ length: 12 }, (_, n) => ({ origin: { id: `o${hour * 12 + n}` } }))
      await world.send('DELETE', `/v1/data_sets/${dataSet}/data`, { token: who.token, body })
      assert.deepEqual((await get(who)).json.dates.outdatedReason, ['DATA_REMOVED'])
      const { periods } = (await get(who, 'cgm', '?fresh=true')).json
      agrees(periods['1d'], { total: { minutes: hour === 5 ? 1380 : 1320 } })
    }
    await world.send('DELETE', `/v1/datasets/${dataSet}`, { token: who.token })
    assert.equal(await update(who), null)
    assert.deepEqual([(await get(who)).status, (await get(who)).text], [404, '{}\n'])
  })

  test('[SU-4] the spread within the newest hour counts (scenario 69)', async () => {
    const { who } = await somebody(everyFive(H, [2.9, 3.5, 5, 10.5, 14, 20]))
    const one = { records: 1, percent: 1 / 6 }
    agrees((await periods(who))['1d'], {
      ...{ inVeryLow: one, inLow: one, inTarget: one, inHigh: one, inExtremeHigh: one },
      inVeryHigh: { records: 2, percent: 1 / 3 },
      inAnyLow: { records: 2, percent: 1 / 3 },
      inAnyHigh: { records: 3, percent: 1 / 2 },
      ...{ averageGlucoseMmol: 9.316667, glucoseManagementIndicator: 7.3 },
      ...{ standardDeviation: 6.206292, coefficientOfVariation: 0.666149, min: 2.9, max: 20 },
    })
  })

  test('[SU-1] two hours far apart, and what changed (scenario 70)', async () => {
    const { who } = await somebody([
      ...everyFive(H, repeat(6, 12)),
      ...everyFive(H - 30 * HOUR_MS, repeat(9, 12)),
    ])
    const all = await periods(who)
    agrees(all['1d'], {
      ...{ averageGlucoseMmol: 6, glucoseManagementIndicator: 5.9, standardDeviation: 0, hoursWithData: 1 },
      delta: { averageGlucoseMmol: -3 },
    })
    assert.equal('hoursWithData' in all['1d'].delta, false)
    agrees(all['7d'], {
      ...{ averageGlucoseMmol: 7.5, glucoseManagementIndicator: 6.5, standardDeviation: 1.5 },
      ...{
        coefficientOfVariation: 0.2,
        hoursWithData: 2,
        daysWithData: 2,
        delta: { averageGlucoseMmol: 7.5 },
      },
    })
  })

  test('[SU-1] an hour is in a day if it is less than 24 hours before the newest (scenario 71)', async () => {
    const { who } = await somebody([...everyFive(H, [5]), ...everyFive(H - 24 * HOUR_MS, [7])])
    const all = await periods(who)
    agrees(all['1d'], { total: { records: 1 }, delta: { total: { records: 0 }, averageGlucoseMmol: -2 } })
    agrees(all['7d'], { total: { records: 2 }, daysWithData: 2 })
  })

  test('[SU-1] a week of two values in turn (scenario 72)', async () => {
    const values = Array.from({ length: 7 * 288 }, (_, n) => (n % 2 === 0 ? 5 : 10.5))
    const { who, dataSet } = await somebody()
    const body = everyFive(H + HOUR_MS - 7 * 24 * HOUR_MS, values)
    for (let n = 0; n < body.length; n += 1000) await post(who, dataSet, body.slice(n, n + 1000))
    const all = await periods(who)
    const same = {
      ...{ averageGlucoseMmol: 7.75, glucoseManagementIndicator: 6.7 },
      ...{ inTarget: { percent: 0.5 }, inHigh: { percent: 0.5 } },
      ...{ standardDeviation: 2.75, coefficientOfVariation: 0.354839 },
    }
    agrees(all['1d'], same)
    agrees(all['7d'], same)
    agrees(all['14d'], { total: { percent: 0.5 }, averageDailyRecords: 144 })
    agrees(all['30d'], { total: { percent: 0.233333 } })
  })

  test('[SU-5] readings between readings do not count (scenario 73)', async () => {
    const minutes = Array.from({ length: 60 }, (_, n) =>
      cbgAt(iso(H + n * MINUTE_MS + 30_000), { value: 7, sampleInterval: 60_000, origin: { id: `m${n}` } }),
    )
    const { who } = await somebody([
      ...everyFive(H, repeat(6, 12), { sampleInterval: 300_000 }).map((one, n) => ({
        ...one,
        origin: { id: `f${n}` },
      })),
      ...minutes,
    ])
    agrees((await periods(who))['1d'], { total: { records: 12 }, averageGlucoseMmol: 6 })
  })

  test('[SU-5] a sensor that reads more often than every minute: as many minutes in the sum as in the time', async () => {
    const often = Array.from({ length: 20 }, (_, n) =>
      cbgAt(iso(H + n * 15_000), { value: 9, sampleInterval: 15_000, origin: { id: `s${n}` } }),
    )
    const { who } = await somebody([
      ...often,
      ...everyFive(H + 10 * MINUTE_MS, [4, 4], { origin: undefined }).map((one, n) => ({
        ...one,
        origin: { id: `f${n}` },
      })),
    ])
    // Five minutes of nine, ten of four.
    agrees((await periods(who))['1d'], {
      total: { records: 7, minutes: 15 },
      averageGlucoseMmol: 85 / 15,
      standardDeviation: Math.sqrt((5 * 81 + 10 * 16) / 15 - (85 / 15) ** 2),
    })
  })

  test('[SU-5] one of one time, both over an hour’s end, every one of a meter (scenario 74)', async () => {
    const twice = await somebody([
      ...everyFive(H, [5], { origin: { id: 'a' } }),
      ...everyFive(H, [6], { origin: { id: 'b' } }),
    ])
    agrees((await periods(twice.who))['1d'], { total: { records: 1 }, averageGlucoseMmol: 5 })
    const over = await somebody([cbgAt(iso(H - 2 * MINUTE_MS)), cbgAt(iso(H))])
    agrees((await periods(over.who))['1d'], { total: { records: 2 } })
    const meter = await somebody([smbgAt(H, 5), smbgAt(H + 4 * MINUTE_MS, 6)])
    agrees((await periods(meter.who, 'bgm'))['1d'], { total: { records: 2 } })
  })

  test('[SU-4] a meter: by records, without time and GMI (scenario 75)', async () => {
    const values = [5, 5, 11, 11]
    for (const stepMs of [HOUR_MS, 10 * MINUTE_MS]) {
      const { who } = await somebody(values.map((value, n) => smbgAt(H + (n - 3) * stepMs, value)))
      const { '1d': day } = await periods(who, 'bgm')
      agrees(day, {
        ...{ averageGlucoseMmol: 8, inTarget: { percent: 0.5 }, inHigh: { percent: 0.5 } },
        ...{ standardDeviation: 3, coefficientOfVariation: 0.375 },
      })
      assert.equal('percent' in day.total || 'glucoseManagementIndicator' in day, false)
    }
  })

  const byMgPerDl: [number, string][] = [
    [53, 'inVeryLow'],
    [54, 'inLow'],
    [69, 'inLow'],
    [70, 'inTarget'],
    [180, 'inTarget'],
    [181, 'inHigh'],
    [250, 'inHigh'],
    [251, 'inVeryHigh'],
    [349, 'inVeryHigh'],
    [350, 'inExtremeHigh'],
  ]
  test('[SU-6] what was sent in mg/dL is put into its range in mg/dL (scenario 76)', async () => {
    for (const [value, range] of byMgPerDl) {
      const { who } = await somebody([cbgAt(iso(H), { value, units: 'mg/dL' })])
      agrees((await periods(who))['1d'], { [range]: { records: 1 }, total: { records: 1 } }, `${value}`)
    }
    const { who } = await somebody([cbgAt(iso(H), { value: 3.88552 })])
    agrees((await periods(who))['1d'], { inLow: { records: 1 } })
  })

  test('[SU-7] an open normal data set changes nothing, its close does (scenario 77)', async () => {
    const who = await world.person()
    const upload = await normal(who, everyFive(H, [5, 6], { deviceId: 'meter' }))
    for (const kind of ['cgm', 'bgm', 'con'] as const) assert.equal((await get(who, kind)).status, 404)
    await close(who, upload)
    for (const kind of ['cgm', 'bgm', 'con'] as const) {
      assert.deepEqual((await get(who, kind)).json.dates.outdatedReason, ['UPLOAD_COMPLETED'])
    }
    agrees((await periods(who))['1d'], { total: { records: 2 } })
    assert.equal(await update(who, 'bgm'), null)
    assert.equal(await update(who, 'con'), null)
  })

  test('[SU-8] a reading that goes to another hour leaves the one where it was (scenario 79)', async () => {
    const origin = { id: 'moving' }
    const { who, dataSet } = await somebody([
      cbgAt(iso(H - 5 * HOUR_MS), { value: 4, origin }),
      cbgAt(iso(H - 5 * HOUR_MS + 10 * MINUTE_MS), { value: 5, origin: { id: 'staying' } }),
    ])
    agrees((await periods(who))['1d'], { total: { records: 2 }, hoursWithData: 1 })
    await post(who, dataSet, [cbgAt(iso(H), { value: 6, origin })])
    agrees((await periods(who))['1d'], { total: { records: 2 }, hoursWithData: 2, min: 5, max: 6 })
    // And becomes something else.
    await post(who, dataSet, [{ type: 'food', time: iso(H), name: 'apple', origin }])
    agrees((await periods(who))['1d'], { total: { records: 1 }, max: 5 })
  })

  test('[SU-9] records of long ago, and of more than a day ahead, sum up to nothing (scenario 80)', async () => {
    const { who, dataSet } = await somebody([
      cbgAt('2024-11-20T00:00:00Z', { origin: { id: 'old' } }),
      cbgAt(iso(nowMs + 25 * HOUR_MS), { origin: { id: 'ahead' } }),
    ])
    assert.equal((await get(who)).status, 404)
    assert.equal(await update(who), null)
    await post(who, dataSet, [cbgAt(iso(H), { origin: { id: 'now' } })])
    agrees((await periods(who))['1d'], { total: { records: 1 } })
    // Two of an hour that the day ahead ends in.
    const ahead = [nowMs + 24 * HOUR_MS - MINUTE_MS, nowMs + 24 * HOUR_MS + 10 * MINUTE_MS]
    await post(
      who,
      dataSet,
      ahead.map((timeMs, n) => cbgAt(iso(timeMs), { origin: { id: `edge${n}` } })),
    )
    agrees((await get(who, 'cgm', '?fresh=true')).json.periods['7d'], { total: { records: 2 } })
    // Its time comes.
    nowMs += 2 * HOUR_MS
    try {
      agrees((await get(who, 'cgm', '?fresh=true')).json.periods['7d'], { total: { records: 4 } })
    } finally {
      nowMs = NOW_MS
    }
  })

  test('[SU-1] how soon records come (scenario 81)', async () => {
    const soon = everyFive(H, repeat(5, 10))
    const late = everyFive(H - 48 * HOUR_MS, repeat(5, 5))
    const { who } = await somebody([...soon, ...late])
    await close(who, await normal(who, everyFive(H - 10 * HOUR_MS, repeat(5, 3), { deviceId: 'meter' })))
    agrees((await periods(who, 'con'))['30d'], {
      ...{ realtime: { records: 10, percent: 2 / 3 }, deferred: { records: 5, percent: 1 / 3 } },
      ...{ total: { records: 15 }, averageDailyRecords: 0.5 },
    })
  })

  test('[SU-1] the management indicator (scenario 82)', async () => {
    const known: [number, number][] = [
      [5.55, 5.7],
      [6.9375, 6.3],
      [8.325, 6.9],
      [9.722, 7.5],
      [11.11, 8.1],
      [16.65, 10.5],
    ]
    for (const [value, indicator] of known) {
      const { who } = await somebody([cbgAt(iso(H), { value })])
      agrees((await periods(who))['1d'], { glucoseManagementIndicator: indicator }, `${value}`)
    }
  })

  test('[SU-11] after one more reading, the window is not read again', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'tidegauge-test-'))
    const store = await openStore({ dataDirectory })
    let rowsRead = 0
    const counting = new Proxy(store, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name !== 'readStored') return typeof value === 'function' ? value.bind(target) : value
        return async function* (query: Parameters<Store['readStored']>[0]) {
          for await (const rows of target.readStored(query)) {
            rowsRead += rows.length
            yield rows
          }
        }
      },
    })
    const limits = { summariesEveryMs: 2 ** 30 }
    await using own = await startWorld({ store: counting, dataDirectory, now: () => nowMs, limits })
    const who = await own.person()
    const { token } = who
    const dataSet = await own.dataSet(who)
    const send = (body: object[]) => own.send('POST', `/v1/data_sets/${dataSet}/data`, { token, body })
    const summary = async () => (await own.send('POST', `/v1/summaries/cgm/${who.userId}`, { token })).json
    const days = everyFive(H - 20 * 24 * HOUR_MS, repeat(5, 20 * 288))
    for (let n = 0; n < days.length; n += 1000) await send(days.slice(n, n + 1000))
    agrees((await summary()).periods['30d'], { total: { records: 5760 } })
    assert.ok(rowsRead >= 5760)
    rowsRead = 0
    await send(everyFive(H, [6]))
    agrees((await summary()).periods['30d'], { total: { records: 5761 } })
    assert.ok(rowsRead <= 24, `${rowsRead} rows were read`)
  })

  test('[SU-12] when the newest records go, the window goes back to what came before it', async () => {
    const DAY_MS = 24 * HOUR_MS
    const before = [5, 6, 7].map((value, n) =>
      cbgAt(iso(H - (80 + 20 * n) * DAY_MS), { value, origin: { id: `old${n}` } }),
    )
    const { who, dataSet } = await somebody([...before, cbgAt(iso(H), { value: 9, origin: { id: 'new' } })])
    agrees((await periods(who))['30d'], { total: { records: 1 }, averageGlucoseMmol: 9 })
    const body = [{ origin: { id: 'new' } }]
    await world.send('DELETE', `/v1/data_sets/${dataSet}/data`, { token: who.token, body })
    const { dates, periods: back } = await update(who)
    assert.deepEqual([dates.firstData, dates.lastData], [iso(H - 120 * DAY_MS), iso(H - 80 * DAY_MS)])
    agrees(back['30d'], {
      total: { records: 2 },
      averageGlucoseMmol: 5.5,
      delta: { averageGlucoseMmol: -1.5 },
    })
  })

  test('[SU-12] the hour in which the window began, read in part, is whole again when the window goes back', async () => {
    const days = 62
    const records = Array.from({ length: days * 288 }, (_, n) =>
      cbgAt(iso(H - 9 * MINUTE_MS + 20_000 - (days * 288 - 1 - n) * 5 * MINUTE_MS), {
        ...{ value: 4 + ((n * 31) % 90) / 10, origin: { id: `o${n}` } },
      }),
    )
    const upload = async (body: typeof records) => {
      const made = await somebody()
      for (let n = 0; n < body.length; n += 1000) await post(made.who, made.dataSet, body.slice(n, n + 1000))
      return made
    }
    const { who, dataSet } = await upload(records)
    await get(who, 'cgm', '?fresh=true')
    const gone = records.slice(-14).map(({ origin }) => ({ origin }))
    await world.send('DELETE', `/v1/data_sets/${dataSet}/data`, { token: who.token, body: gone })
    const { dates, periods } = await update(who)
    const other = await upload(records.slice(0, -14))
    const anew = await update(other.who)
    assert.equal(dates.firstData, anew.dates.firstData)
    agrees(periods, anew.periods)
  })

  test('[SU-11] a summary whose hours have gone is made of all records anew', async () => {
    const { who } = await somebody([...everyFive(H, repeat(5, 3)), ...everyFive(H - 30 * HOUR_MS, [7])])
    const expected = await periods(who)
    const { userId } = who
    const summary = await world.store.summary(userId, 'cgm')
    const changeSequence = await world.store.changeSequence(userId)
    const gone = [H, H - 30 * HOUR_MS].map((hourMs) => ({ hourMs }))
    const kinds = [{ kind: 'cgm', summary, hours: gone, fromMs: 0 }] as const
    await world.store.saveSummaries({ userId, changeSequence, marksBeforeMs: nowMs, kinds })
    assert.deepEqual(await periods(who), expected)
  })

  test('[SU-10] services see whose are outdated, and nobody else does', async () => {
    const { who } = await somebody(everyFive(H, [5]))
    const token = await world.service()
    const { json } = await world.send('GET', '/v1/summaries/outdated/cgm?size=1000', { token })
    assert.ok(json.userIds.includes(who.userId))
    assert.ok(json.start <= json.end)
    const migratable = await world.send('GET', '/v1/summaries/migratable/cgm', { token })
    assert.deepEqual(migratable.json, [])
    assert.equal((await world.send('GET', '/v1/summaries/outdated/cgm', { token: who.token })).status, 403)
    await update(who)
    const later = await world.send('GET', '/v1/summaries/outdated/cgm?size=1000', { token })
    assert.equal(later.json.userIds.includes(who.userId), false)
    assert.equal(
      (await world.send('GET', `/v1/summaries/foo/${who.userId}`, { token: who.token })).status,
      404,
    )
  })
})
