import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { cbgAt, cbgs, type Person, startWorld, type World } from '../../testing/world.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute)).toISOString()

describe('reading back', () => {
  let world: World
  let ada: Person
  let set: string
  let other: string
  before(async () => {
    world = await startWorld({ now: () => Date.UTC(2026, 0, 5, 10, 2, 30) })
    ada = await world.person()
    set = await world.dataSet(ada)
    other = await world.dataSet(ada, { client: { name: 'other' }, deviceId: 'meter' })
    const origin = (id: string) => ({ origin: { id } })
    const bolus = { type: 'bolus', deviceId: 'pump', normal: 1 }
    await world.send('POST', `/v1/data_sets/${set}/data`, {
      token: ada.token,
      body: [
        cbgAt(at(5), { ...origin('c5'), value: 5.5 }),
        cbgAt(at(0), { ...origin('c0') }),
        { ...bolus, subType: 'normal', time: at(3), ...origin('b3') },
        { ...bolus, subType: 'automated', time: at(4), ...origin('b4') },
        cbgAt('2026-01-05T11:03:00+01:00', { ...origin('c3') }),
      ],
    })
    await world.send('POST', `/v1/data_sets/${other}/data`, {
      token: ada.token,
      body: [{ type: 'smbg', time: at(1), value: 6, units: 'mmol/L', deviceId: 'meter', ...origin('s1') }],
    })
  })
  after(() => world[Symbol.asyncDispose]())

  const read = (query = '', token: string | undefined = ada.token) =>
    world.send('GET', `/data/${ada.userId}${query}`, token === undefined ? {} : { token })
  const seen = async (query = '') => {
    const answer = await read(query)
    assert.equal(answer.status, 200, answer.text)
    return answer.json.map(
      ({ type, time }: { type: string; time: string }) => `${type} ${time.slice(14, 16)}`,
    )
  }

  test('[RD-1] an array with one record a line, without charset; [] when there is nothing', async () => {
    const answer = await read('?type=smbg')
    assert.equal(answer.headers.get('content-type'), 'application/json')
    assert.match(answer.text, /^\[\n\{.*\}\n\]\n$/)
    assert.equal(answer.text.split('\n').length, 4)
    assert.deepEqual((await read('?type=food')).json, [])
    const nobody = await world.person()
    const empty = await world.send('GET', `/data/${nobody.userId}`, { token: nobody.token })
    assert.deepEqual(empty.json, [])
  })

  test('[RD-2] data and data sets come by time; types narrow them (scenario 63)', async () => {
    assert.deepEqual(await seen(), [
      'cbg 00',
      'smbg 01',
      'upload 02',
      'upload 02',
      'bolus 03',
      'cbg 03',
      'bolus 04',
      'cbg 05',
    ])
    assert.deepEqual(await seen('?type=cbg,smbg'), ['cbg 00', 'smbg 01', 'cbg 03', 'cbg 05'])
    assert.deepEqual(await seen('?type=upload'), ['upload 02', 'upload 02'])
    assert.deepEqual((await seen('?type=')).length, 8)
    assert.deepEqual(await seen('?type=nothing'), [])
  })

  test('[RD-3] both ends of the dates count, whatever their zone and number of digits (scenario 62)', async () => {
    const from = encodeURIComponent('2026-01-05T12:03:00.0000000+02:00')
    assert.deepEqual(await seen(`?type=cbg&startDate=${from}&endDate=${at(5)}`), ['cbg 03', 'cbg 05'])
    assert.deepEqual(await seen(`?type=cbg&endDate=${at(0)}`), ['cbg 00'])
    assert.deepEqual(await seen(`?startDate=&endDate=${at(0)}`), ['cbg 00'])
    assert.deepEqual(await seen(`?type=cbg&startDate=${at(6)}`), [])
  })

  test('[RD-4] subType, deviceId and uploadId narrow; unknown parameters do not', async () => {
    assert.deepEqual(await seen('?subType=automated'), ['bolus 04'])
    assert.deepEqual(await seen('?subtype=automated,normal'), ['bolus 03', 'bolus 04'])
    assert.deepEqual(await seen('?deviceId=meter'), ['smbg 01', 'upload 02'])
    assert.deepEqual(await seen(`?uploadId=${other}`), ['smbg 01', 'upload 02'])
    assert.deepEqual(await seen('?uploadId=unknown'), [])
    assert.equal((await seen('?foo=1&page=3')).length, 8)
    assert.equal((await seen('?foo=%zz;bar')).length, 8)
  })

  test('[RD-5] latest gives the newest of each type, in the order of the types (scenario 64)', async () => {
    assert.deepEqual(await seen('?latest=true'), ['cbg 05', 'smbg 01', 'bolus 04', 'upload 02'])
    assert.deepEqual(await seen('?latest=1&type=smbg,cbg,smbg'), ['smbg 01', 'cbg 05'])
    assert.deepEqual(await seen(`?latest=true&type=cbg&endDate=${at(4)}`), ['cbg 03'])
    assert.deepEqual(await seen('?latest=false&type=smbg'), ['smbg 01'])
  })

  test('[RD-6] nothing of the inside is shown', async () => {
    for (const record of (await read()).json) {
      assert.ok(!('createdTime' in record) && !('modifiedTime' in record))
      assert.deepEqual(
        Object.keys(record).filter((key) => key.startsWith('_')),
        [],
      )
      assert.equal(typeof record.id, 'string')
      assert.equal(typeof record.uploadId, 'string')
    }
    const [upload] = (await read('?type=upload&deviceId=meter')).json
    assert.deepEqual(upload.deduplicator, {
      name: 'org.tidepool.deduplicator.dataset.delete.origin',
      version: '1.0.0',
    })
  })

  test('[RD-7] bad parameters are a 400 in the reader’s envelope, before the permission', async () => {
    for (const query of [
      '?startDate=2026-01-05',
      '?endDate=x',
      '?latest=yes',
      '?latest=',
      '?startDate=2026-01-05T10:00:00',
    ]) {
      for (const token of [ada.token, 'wrong']) {
        const answer = await read(query, token)
        assert.equal(answer.status, 400, query)
        const { id, ...rest } = answer.json
        assert.match(id, /^[0-9a-f-]{36}$/)
        assert.deepEqual(rest, {
          status: 400,
          code: 'invalid_parameters',
          message: 'one or more parameters are invalid',
        })
      }
    }
  })

  test('[RD-8] without a token, with a wrong one and for strangers it is a 403', async () => {
    const eve = await world.person()
    for (const token of [undefined, 'wrong', eve.token]) {
      const answer = await world.send('GET', `/data/${ada.userId}`, token === undefined ? {} : { token })
      assert.equal(answer.status, 403)
      assert.equal(answer.json.code, 'data_cant_view')
      assert.equal(answer.json.message, 'user is not authorized to view data')
    }
  })

  test('[RD-9] the answer is compressed for those who ask, and only for them', async () => {
    await world.send('POST', `/v1/data_sets/${set}/data`, {
      token: ada.token,
      body: cbgs(500, { prefix: 'z' }),
    })
    const encoding = (accept: string) =>
      new Promise<string | undefined>((resolve, reject) => {
        const headers = { 'accept-encoding': accept, 'x-tidepool-session-token': ada.token }
        httpRequest(`${world.url}/data/${ada.userId}`, { headers, agent: false }, (response) => {
          response.resume().on('end', () => resolve(response.headers['content-encoding']))
        })
          .on('error', reject)
          .end()
      })
    assert.equal(await encoding('gzip'), 'gzip')
    assert.equal(await encoding('br, gzip'), 'gzip')
    assert.equal(await encoding('gzip;q=0'), undefined)
    assert.equal(await encoding('identity'), undefined)
  })

  test('[RD-10] a path below is 404', async () => {
    assert.equal((await read('/any/thing')).status, 404)
  })
})
