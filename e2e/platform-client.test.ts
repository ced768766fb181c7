import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import { type OwnServer, ownServer } from './process.ts'

/** Tidepool's own client library, as blip and the Uploader call it: a callback last, an error first. */
interface PlatformClient {
  [method: string]: (...args: unknown[]) => unknown
}

// Outside of a browser it takes itself for offline.
Object.defineProperty(navigator, 'onLine', { value: true })

const connect = createRequire(import.meta.url)('tidepool-platform-client') as (
  options: object,
) => PlatformClient

/** One call, awaited. */
// biome-ignore lint/suspicious/noExplicitAny: the library has no types; a test reads what it expects
function call(client: PlatformClient, method: string, ...args: unknown[]): Promise<any> {
  return new Promise((resolve, reject) => {
    const run = client[method]
    if (!run) throw new Error(`the library has no ${method}`)
    run(...args, (error: unknown, result: unknown) => (error ? reject(error) : resolve(result)))
  })
}

describe('tidepool-platform-client', () => {
  let server: OwnServer
  before(async () => {
    server = await ownServer()
  })
  after(async () => {
    for (const one of clients) one.destroySession?.()
    await server.remove()
  })

  const store = () => {
    const items = new Map<string, string>()
    return {
      getItem: (key: string) => items.get(key),
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    }
  }
  const clients: PlatformClient[] = []
  const client = (localStore = store()) => {
    const one = connect({
      host: server.url,
      uploadApi: server.url,
      dataHost: server.url,
      metricsSource: 'e2e',
      metricsVersion: '1.0.0',
      // It refreshes as long as it is logged in, and the test with it.
      tokenRefreshInterval: 500,
      localStore,
    })
    clients.push(one)
    return one
  }
  const person = async (username: string) => {
    const one = client()
    const user = { username, emails: [username], password: 'correct:horse' }
    const { userid } = await call(one, 'signup', user, {})
    return { one, userId: userid as string, username, password: user.password }
  }

  test('[TR-20] signs up, logs in, refreshes, keeps a profile, uploads, reads, shares and logs out', async () => {
    const ada = await person('ada@example.org')
    const localStore = store()
    const one = client(localStore)
    const login = await call(one, 'login', ada, { remember: true, noRefresh: true })
    assert.equal(login.userid, ada.userId)
    assert.equal(login.user.emailVerified, true)

    // A page that is opened again refreshes the token that it kept.
    const again = client(localStore)
    const session = await call(again, 'initialize')
    assert.equal(session.userid, ada.userId)
    assert.notEqual(session.token, undefined)
    assert.equal((await call(again, 'getCurrentUser')).userid, ada.userId)

    await call(one, 'addOrUpdateProfile', ada.userId, {
      fullName: 'Ada',
      patient: { birthday: '1980-01-31' },
    })
    assert.equal((await call(one, 'findProfile', ada.userId)).fullName, 'Ada')
    await call(one, 'addOrUpdateSettings', ada.userId, { units: { bg: 'mg/dL' } })
    assert.deepEqual(await call(one, 'findSettings', ada.userId), { units: { bg: 'mg/dL' } })
    await call(one, 'updateCurrentUser', { termsAccepted: '2024-03-01T09:00:00+00:00' })

    const info = {
      client: { name: 'org.tidepool.uploader', version: '2.60.0' },
      deviceId: 'meter-1',
      deviceManufacturers: ['LifeScan'],
      deviceModel: 'Verio',
      deviceTags: ['bgm'],
      time: '2026-01-05T10:00:00.000Z',
      timezone: 'Europe/Prague',
      type: 'upload',
      version: '2.60.0',
      deduplicator: { name: 'org.tidepool.deduplicator.device.deactivate.hash' },
    }
    const dataset = await call(one, 'createDatasetForUser', ada.userId, info)
    const readings = [0, 5, 10].map((minute) => ({
      type: 'smbg',
      time: new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString(),
      value: 100 + minute,
      units: 'mg/dL',
      deviceId: 'meter-1',
    }))
    await call(one, 'addDataToDataset', dataset.data.uploadId, readings)
    await call(one, 'finalizeDataset', dataset.data.uploadId)
    const data = await call(one, 'getDeviceDataForUser', ada.userId, { type: 'smbg' })
    assert.equal(data.length, 3)
    assert.equal(
      (await call(one, 'getUploadRecordsForDevice', ada.userId, 'meter-1', 1))[0].uploadId,
      dataset.data.uploadId,
    )
    assert.deepEqual(await call(one, 'getDataSourcesForUser', ada.userId), [])

    const bo = await person('bo@example.org')
    const invitation = await call(one, 'inviteUser', bo.username, { view: {} }, ada.userId)
    assert.equal((await call(one, 'invitesSent', ada.userId)).length, 1)
    assert.equal((await call(bo.one, 'invitesReceived', bo.userId))[0].key, invitation.key)
    await call(bo.one, 'acceptInvite', invitation.key, bo.userId, ada.userId)
    assert.equal((await call(bo.one, 'getDeviceDataForUser', ada.userId, { type: 'smbg' })).length, 3)
    const [seen] = await call(bo.one, 'getAssociatedUsersDetails', bo.userId)
    assert.deepEqual(
      [seen.userid, seen.profile.fullName, seen.trustorPermissions],
      [ada.userId, 'Ada', { view: {} }],
    )
    assert.deepEqual(Object.keys(await call(bo.one, 'getViewableUsers', bo.userId)).length, 2)
    await call(one, 'setAccessPermissions', bo.userId, {})
    await assert.rejects(call(bo.one, 'getDeviceDataForUser', ada.userId, { type: 'smbg' }), { status: 403 })
    const kid = await call(one, 'createCustodialAccount', { fullName: 'Kid' })
    const groups = await call(one, 'getUploadGroups', ada.userId)
    assert.deepEqual(groups[kid.userid ?? kid.id]?.upload, {})

    await call(one, 'logout')
    assert.equal(one.isLoggedIn?.(), false)
    await assert.rejects(call(client(localStore), 'getCurrentUser'))
    await assert.rejects(call(client(), 'login', { ...ada, password: 'wrong-password' }, {}), { status: 401 })
  })

  test('[TR-3] the Uploader’s whole login: version, time, own account, profile, who it may upload for (twice), clinics', async () => {
    const ada = await person('uploader@example.org')
    const one = client()
    const versions = await call(one, 'checkUploadVersions')
    assert.match(versions.versions.uploaderMinimum, /^\d+\.\d+\.\d+$/)
    assert.ok(Date.parse((await call(one, 'getTime')).data.time))
    await call(one, 'login', ada, { remember: false, noRefresh: true })
    assert.equal((await call(one, 'getCurrentUser')).userid, ada.userId)
    await call(one, 'addOrUpdateProfile', ada.userId, { fullName: 'Ada', patient: {} })
    assert.equal((await call(one, 'findProfile', ada.userId)).fullName, 'Ada')
    for (let i = 0; i < 2; i++) assert.deepEqual(await call(one, 'getAssociatedUsersDetails', ada.userId), [])
    assert.deepEqual(await call(one, 'getClinicsForClinician', ada.userId, { limit: 1000, offset: 0 }), [])
    await call(one, 'trackMetric', 'Login Successful', {})
    const legacy = {
      type: 'upload',
      uploadId: 'upid_0123456789ab',
      version: 'tidepool-uploader 2.60.0',
      time: '2026-01-05T10:00:00.000Z',
      deviceId: 'meter-1',
      deviceTags: ['bgm'],
      client: { name: 'org.tidepool.uploader', version: '2.60.0' },
    }
    await call(one, 'uploadDeviceDataForUser', ada.userId, legacy)
    const reading = {
      type: 'smbg',
      time: '2026-01-05T09:00:00Z',
      value: 5,
      units: 'mmol/L',
      deviceId: 'meter-1',
    }
    const block = [{ ...reading, uploadId: legacy.uploadId, guid: 'x' }]
    assert.deepEqual(await call(one, 'uploadDeviceDataForUser', ada.userId, block), [])
    assert.deepEqual(await call(one, 'uploadDeviceDataForUser', ada.userId, block), [0])
  })
})
