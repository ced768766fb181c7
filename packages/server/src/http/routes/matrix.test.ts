import assert from 'node:assert/strict'
import { hash, randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { hashPassword } from '../../auth/passwords.ts'
import { compose } from '../../compose.ts'
import { configFrom } from '../../config.ts'
import { silentLog } from '../../log.ts'
import type { Permission, Store } from '../../store/port.ts'
import { type Answer, startWorld, type World } from '../../testing/world.ts'
import type { Route } from '../routing.ts'
import type { Envelope } from '../wire-error.ts'

/**
 * Every route, tried by every kind of caller. A row says who may, by letters: **N**obody signed in, an e**X**pired
 * token, an**O**ther account, one with **V**iew, **U**pload or **C**ustodian on the account, its o**W**ner, a **S**ervice,
 * and a **R**estricted token for another path. Who may gets `ok`; everybody else is refused in the words of the family.
 */
const callers = 'NXOVUCWSR'
type Caller = 'N' | 'X' | 'O' | 'V' | 'U' | 'C' | 'W' | 'S' | 'R'

interface Row {
  may: string
  /** 200 if not given. */
  ok?: number
  body?: unknown
  headers?: Record<string, string>
  query?: string
}

const everybody = callers
const signedIn = 'OVUCWS'
const logHeaders = {
  'content-type': 'text/plain',
  digest: `MD5=${hash('md5', 'memory', 'base64')}`,
  'x-logs-start-at-time': '2026-01-05T10:00:00Z',
  'x-logs-end-at-time': '2026-01-05T11:00:00Z',
}

const rows: Record<string, Row> = {
  'GET /status': { may: everybody },
  'GET /v1/time': { may: everybody },
  'GET /info': { may: everybody },
  'GET /dataservices/status': { may: everybody },
  'GET /dataservices/version': { may: everybody },
  'GET /data/status': { may: everybody },
  'GET /auth/status': { may: everybody },
  'GET /access/status': { may: everybody },
  'GET /metadata/status': { may: everybody },
  'GET /confirm/status': { may: everybody },
  'GET /export/status': { may: everybody },

  'POST /auth/login': { may: everybody, ok: 400 },
  'GET /auth/login': { may: signedIn },
  'GET /auth/token': { may: signedIn },
  'POST /auth/logout': { may: everybody },
  'POST /auth/user': { may: everybody, ok: 400, body: {} },
  'POST /auth/serverlogin': { may: everybody, ok: 400 },
  'GET /auth/token/:token': { may: 'S' },
  'GET /auth/users': { may: 'S', query: '?role=clinic' },
  'GET /auth/user': { may: 'CWS' },
  'PUT /auth/user': { may: 'CWS', body: { updates: {} } },
  'DELETE /auth/user/:userId': { may: 'CWS', ok: 204, body: { password: 'correct:horse' } },
  'POST /auth/user/:userId/user': { may: 'WS', ok: 201, body: {} },
  'GET /auth/user/:userId/sessions': { may: 'WS' },
  'DELETE /auth/user/:userId/sessions': { may: 'WS', ok: 204 },
  'DELETE /auth/user/:userId/sessions/:signInId': { may: 'WS', ok: 204 },

  'GET /access/groups/:userId': { may: 'CWS' },
  'GET /access/:userId': { may: 'CWS' },
  'GET /access/:userId/:granteeId': { may: 'VUCWS' },
  'POST /access/:userId/:granteeId': { may: 'VUCWS', body: {} },
  'GET /metadata/:userId/profile': { may: 'VUCWS' },
  'PUT /metadata/:userId/profile': { may: 'CWS', body: {} },
  'POST /metadata/:userId/profile': { may: 'CWS', body: {} },
  'GET /metadata/:userId/settings': { may: 'VUCWS' },
  'PUT /metadata/:userId/settings': { may: 'CWS', body: {} },
  'POST /metadata/:userId/settings': { may: 'CWS', body: {} },
  'GET /metadata/:userId/preferences': { may: 'VUCWS' },
  'PUT /metadata/:userId/preferences': { may: 'CWS', body: {} },
  'POST /metadata/:userId/preferences': { may: 'CWS', body: {} },
  'GET /metadata/collections': { may: everybody },
  'GET /metadata/:userId/private/:name': { may: 'S' },
  'GET /metadata/users/:userId/users': { may: 'CWS' },
  'GET /metadata/publicinfo': { may: signedIn },

  'POST /confirm/send/invite/:userId': {
    may: 'CWS',
    body: { email: 'new@example.org', permissions: { view: {} } },
  },
  'GET /confirm/invite/:userId': { may: 'CWS' },
  'GET /confirm/invitations/:userId': { may: 'WS' },
  'PUT /confirm/accept/invite/:userId/:inviterId': { may: 'WS', ok: 404, body: { key: 'none' } },
  'PUT /confirm/dismiss/invite/:userId/:inviterId': { may: 'WS', ok: 404, body: { key: 'none' } },
  'PUT /confirm/:userId/invited/:email': { may: 'CWS' },
  'PATCH /confirm/resend/invite/:key': { may: 'CWS' },
  'POST /confirm/send/signup/:userId': { may: 'CWS' },
  'POST /confirm/resend/signup/:email': { may: everybody },
  'PUT /confirm/accept/signup/:key': { may: everybody, ok: 404 },
  'PUT /confirm/signup/:userId': { may: 'CWS', ok: 404 },
  'GET /confirm/signup/:userId': { may: 'CWS', ok: 404 },
  'POST /confirm/signup/:userId': { may: 'CWS', ok: 404 },
  'POST /confirm/send/forgot/:email': { may: everybody },
  'PUT /confirm/accept/forgot': { may: everybody, ok: 400 },
  'GET /invitation/:key': { may: everybody },
  'POST /invitation/:key': { may: everybody, ok: 400 },
  'GET /verify/:key': { may: everybody, ok: 404 },
  'POST /verify/:key': { may: everybody, ok: 404 },
  'GET /reset/:key': { may: everybody, ok: 404 },
  'POST /reset/:key': { may: everybody, ok: 404 },

  // What the library answers to who brings nothing of its own.
  'GET /realms/tidegauge/.well-known/openid-configuration': { may: everybody },
  'GET /realms/tidegauge/protocol/openid-connect/auth': { may: everybody, ok: 400 },
  'GET /realms/tidegauge/protocol/openid-connect/auth/:uid': { may: everybody, ok: 400 },
  'POST /realms/tidegauge/protocol/openid-connect/token': { may: everybody, ok: 400 },
  'POST /realms/tidegauge/protocol/openid-connect/revoke': { may: everybody, ok: 400 },
  'GET /realms/tidegauge/protocol/openid-connect/userinfo': { may: everybody, ok: 401 },
  'POST /realms/tidegauge/protocol/openid-connect/userinfo': { may: everybody, ok: 401 },
  'GET /realms/tidegauge/protocol/openid-connect/certs': { may: everybody },
  'GET /realms/tidegauge/protocol/openid-connect/logout': { may: everybody },
  'POST /realms/tidegauge/protocol/openid-connect/logout/confirm': { may: everybody, ok: 400 },
  'GET /realms/tidegauge/protocol/openid-connect/logout/success': { may: everybody },
  'GET /realms/tidegauge/sign-in/:uid': { may: everybody, ok: 400 },
  'POST /realms/tidegauge/sign-in/:uid': { may: everybody, ok: 400 },

  'POST /v1/users/:userId/restricted_tokens': { may: 'WS', ok: 201, body: {} },
  'GET /v1/users/:userId/restricted_tokens': { may: 'S' },
  'DELETE /v1/users/:userId/restricted_tokens': { may: 'S', ok: 204 },
  'GET /v1/restricted_tokens/:id': { may: 'S' },
  'PUT /v1/restricted_tokens/:id': { may: 'S', body: {} },
  'DELETE /v1/restricted_tokens/:id': { may: 'WS' },

  'POST /v1/users/:userId/data_sets': { may: 'UWS', ok: 201, body: {} },
  'GET /v1/users/:userId/data_sets': { may: 'VUCWS' },
  'GET /v1/users/:userId/datasets': { may: 'VWS' },
  'GET /v1/data_sets/:dataSetId': { may: 'VWS' },
  'PUT /v1/data_sets/:dataSetId': { may: 'S', body: { deviceId: 'pump' } },
  'DELETE /v1/data_sets/:dataSetId': { may: 'CWS' },
  'POST /v1/data_sets/:dataSetId/data': { may: 'UWS', body: [] },
  'DELETE /v1/data_sets/:dataSetId/data': { may: 'UWS', body: [{ origin: { id: 'one' } }] },
  'DELETE /v1/users/:userId/data': { may: 'S' },
  'GET /data/:userId': { may: 'VWS' },
  'GET /v1/sign-up': { may: everybody },
  'GET /v1/users/:userId/changes': { may: 'VWS', query: '?once=true' },
  'GET /openapi.json': { may: everybody },
  'GET /v1/users/:userId/stats': { may: 'VWS' },
  'GET /v1/summaries/cgm/:userId': { may: 'VWS', ok: 404 },
  'GET /v1/summaries/bgm/:userId': { may: 'VWS', ok: 404 },
  'GET /v1/summaries/con/:userId': { may: 'VWS', ok: 404 },
  'POST /v1/summaries/cgm/:userId': { may: 'VWS' },
  'POST /v1/summaries/bgm/:userId': { may: 'VWS' },
  'POST /v1/summaries/con/:userId': { may: 'VWS' },
  'GET /v1/summaries/outdated/cgm': { may: 'S' },
  'GET /v1/summaries/outdated/bgm': { may: 'S' },
  'GET /v1/summaries/outdated/con': { may: 'S' },
  'GET /v1/summaries/migratable/cgm': { may: 'S' },
  'GET /v1/summaries/migratable/bgm': { may: 'S' },
  'GET /v1/summaries/migratable/con': { may: 'S' },
  'GET /v1/users/:userId/agp': { may: 'VWS' },
  'GET /v1/users/:userId/series': { may: 'VWS' },
  'POST /data': { may: 'UWS', body: [] },

  'GET /v1/users/:userId/audit': { may: 'WS' },
  'POST /v1/users/:userId/blobs': {
    may: 'UWS',
    ok: 201,
    body: 'memory',
    headers: { 'content-type': 'text/plain' },
  },
  'GET /v1/users/:userId/blobs': { may: 'WS' },
  'DELETE /v1/users/:userId/blobs': { may: 'WS', ok: 204 },
  'GET /v1/blobs/:id': { may: 'WS' },
  'DELETE /v1/blobs/:id': { may: 'WS', ok: 204 },
  'GET /v1/blobs/:id/content': { may: 'WS' },
  'POST /v1/users/:userId/device_logs': { may: 'UWS', ok: 201, body: 'memory', headers: logHeaders },
  'GET /v1/users/:userId/device_logs': { may: 'WS' },
  'DELETE /v1/users/:userId/device_logs': { may: 'WS', ok: 204 },
  'GET /v1/device_logs/:id': { may: 'WS' },
  'DELETE /v1/device_logs/:id': { may: 'WS', ok: 204 },
  'GET /v1/device_logs/:id/content': { may: 'WS' },

  'GET /v1/clinicians/:userId/clinics': { may: 'WS' },
  'GET /metrics/*': { may: everybody },
  'POST /metrics/*': { may: everybody },
  'GET /v1/devices/cgms': { may: everybody },
  'GET /v1/devices/pumps': { may: everybody },

  'GET /v1/users/:userId/data_sources': { may: 'WS' },
  'POST /v1/users/:userId/data_sources': {
    may: 'S',
    ok: 201,
    body: { providerType: 'oauth', providerName: 'x' },
  },
  'DELETE /v1/users/:userId/data_sources': { may: 'S', ok: 204 },
  'GET /v1/data_sources/:id': { may: 'WS' },
  'PUT /v1/data_sources/:id': { may: 'S', body: {} },
  'DELETE /v1/data_sources/:id': { may: 'S' },
  'GET /v1/provider_sessions/:id/data_source': { may: 'S', ok: 404 },

  'GET /v1/users/:userId/quarantine/settings': { may: 'WS' },
  'PUT /v1/users/:userId/quarantine/settings': { may: 'WS', body: { enabled: true } },
  'GET /v1/users/:userId/quarantine': { may: 'WS' },
  'GET /v1/users/:userId/quarantine/:id': { may: 'WS', ok: 404 },
  'PUT /v1/users/:userId/quarantine/:id': { may: 'WS', ok: 404, body: {} },
  'POST /v1/users/:userId/quarantine/:id': { may: 'WS', ok: 404 },
  'DELETE /v1/users/:userId/quarantine/:id': { may: 'WS', ok: 404 },
}

/** How each family refuses: without a valid token, and with one that has no right (http.md §1.1). */
function refusal(envelope: Envelope, caller: Caller): { status: number; looks: (answer: Answer) => boolean } {
  const isNobody = caller === 'N' || caller === 'X' || caller === 'R'
  switch (envelope) {
    case 'platform':
    case 'platform-new':
      return isNobody
        ? {
            status: 401,
            looks: ({ json }) => json.code === 'unauthenticated' && typeof json.detail === 'string',
          }
        : {
            status: 403,
            looks: ({ json }) =>
              envelope === 'platform'
                ? json.errors?.[0]?.code === 'unauthorized' &&
                  json.errors[0].status === '403' &&
                  json.meta?.trace
                : json.code === 'unauthorized' && !json.errors,
          }
    case 'account':
      return { status: 401, looks: ({ json }) => json.code === 401 && typeof json.reason === 'string' }
    case 'invitation': {
      const status = caller === 'X' ? 403 : 401
      return { status, looks: ({ json }) => json.code === status && typeof json.reason === 'string' }
    }
    case 'whisperer':
      return {
        status: 403,
        looks: ({ json }) => json.status === 403 && json.code === 'data_cant_view' && json.id,
      }
    case 'legacy-upload':
      return isNobody
        ? { status: 401, looks: ({ json, text }) => json === undefined && text.length > 0 }
        : { status: 403, looks: ({ json }) => json.statusCode === 403 && typeof json.message === 'string' }
    case 'sharing': {
      const words = {
        N: 'Session token must be set in the header',
        R: 'Session token must be set in the header',
        X: 'Invalid Token',
      }
      const expected = caller === 'N' || caller === 'X' || caller === 'R' ? words[caller] : 'Unauthorized'
      return { status: 401, looks: ({ text }) => text === expected }
    }
    case 'oauth':
    case 'page':
      throw new Error('nothing of this family is for some only')
  }
}

describe('who may do what, on every route', () => {
  let world: World
  let passwordHash: string
  let routes: readonly Route[]

  before(async () => {
    world = await startWorld()
    passwordHash = await hashPassword('correct:horse')
    await mkdir(join(world.dataDirectory, 'files'), { recursive: true })
    const parts = { store: {} as Store, log: silentLog(), now: Date.now, publicUrl: () => world.url }
    ;({ routes } = await compose({ ...configFrom({}), dataDirectory: world.dataDirectory }, parts))
  })
  after(() => world[Symbol.asyncDispose]())

  const person = async () => {
    const userId = randomBytes(5).toString('hex')
    const username = `${userId}@example.org`
    const user = {
      id: userId,
      username,
      emails: [username],
      roles: ['patient'],
      emailVerified: false,
      createdMs: 1,
    }
    await world.store.createUser({ ...user, passwordHash }, { onlyIfFirst: false })
    return { userId, username, token: await session(userId, Date.now() + 3_600_000) }
  }
  const session = async (userId: string, expiresMs: number) => {
    const token = randomBytes(32).toString('base64url')
    await world.store.createSession({ tokenHash: hash('sha256', token), userId, createdMs: 1, expiresMs })
    return token
  }

  /** An account with something of everything, and who calls. */
  const scene = async (caller: Caller, fileKind: 'blob' | 'device_log') => {
    const { store } = world
    const owner = await person()
    const { userId } = owner
    const now = { createdMs: 1, modifiedMs: 1 }
    const id = randomBytes(16).toString('hex')
    for (const name of ['profile', 'settings', 'preferences'] as const) {
      await store.mergeMetadata({ userId, name, changes: { fullName: 'Ada' }, maxBytes: 1000 })
    }
    await store.createDataSet({
      ...{
        id,
        userId,
        dataSetType: 'continuous',
        state: 'open',
        active: true,
        fingerprint: '',
        fields: {},
        ...now,
      },
      deduplicator: { name: 'org.tidepool.deduplicator.dataset.delete.origin', version: '1.0.0' },
    })
    const source = {
      id,
      userId,
      providerType: 'oauth',
      providerName: 'dexcom',
      state: 'disconnected',
      revision: 0,
    } as const
    await store.createDataSource({ ...source, createdMs: 1 })
    const file = { id, userId, kind: fileKind, digestMd5: '', mediaType: 'text/plain', sizeBytes: 1 }
    await store.addFile({ ...file, createdMs: 1 })
    await writeFile(join(world.dataDirectory, 'files', id), 'x')
    const expiresMs = Date.now() + 3_600_000
    await store.createRestrictedToken({ name: id, tokenHash: id, userId, createdMs: 1, expiresMs })
    const key = randomBytes(16).toString('hex')
    const confirmation = {
      keyHash: hash('sha256', key),
      key,
      userId,
      email: 'bo@example.org',
      expiresMs,
      ...now,
    }
    await store.createConfirmation(
      { ...confirmation, type: 'careteam_invitation', status: 'pending', permissions: ['view'] },
      { replaces: false },
    )

    const words: Partial<Record<Caller, Permission>> = { V: 'view', U: 'upload', C: 'custodian' }
    const other = await person()
    const word = words[caller] ?? (caller === 'O' ? undefined : 'view')
    if (word) await store.setPermissions({ userId, granteeId: other.userId, permissions: [word] })
    const third = await person()
    await store.setPermissions({ userId, granteeId: third.userId, permissions: ['view'] })
    const restricted = randomBytes(16).toString('hex')
    const token = { name: restricted, tokenHash: hash('sha256', restricted), userId, paths: ['/elsewhere'] }
    await store.createRestrictedToken({ ...token, createdMs: 1, expiresMs })
    const tokens: Record<Caller, string | undefined> = {
      N: undefined,
      X: await session(userId, 1),
      O: other.token,
      V: other.token,
      U: other.token,
      C: other.token,
      W: owner.token,
      S: caller === 'S' ? await world.service() : undefined,
      R: undefined,
    }
    const parameters: Record<string, string> = {
      userId,
      idOrAddress: userId,
      granteeId: caller === 'V' || caller === 'U' ? other.userId : third.userId,
      inviterId: other.userId,
      dataSetId: id,
      id,
      token: owner.token,
      key,
      email: 'bo@example.org',
      name: 'uploads',
      longTermKey: 'x',
      uid: 'x',
    }
    return { parameters, token: tokens[caller], restricted: caller === 'R' ? restricted : undefined }
  }

  test('[AU-70] every route has its row, and every row its route', () => {
    const names = routes.map(({ method, paths }) => `${method} ${paths[0]}`)
    assert.deepEqual([...new Set(names)].sort(), Object.keys(rows).sort())
    assert.equal(names.length, new Set(names).size, 'no two handlers for one verb and path')
  })

  for (const [name, row] of Object.entries(rows)) {
    test(`[AU-70] ${name}`, async () => {
      const route = routes.find(({ method, paths }) => `${method} ${paths[0]}` === name)
      assert.ok(route)
      const pattern = route.paths.find((path) => path.includes(':')) ?? route.paths[0] ?? ''
      for (const caller of callers as Iterable<Caller>) {
        const { parameters, token, restricted } = await scene(
          caller,
          name.includes('device_logs') ? 'device_log' : 'blob',
        )
        const path = pattern
          .replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(parameters[key] ?? key))
          .replace('*', 'x')
        const query =
          restricted === undefined
            ? (row.query ?? '')
            : `${row.query ? `${row.query}&` : '?'}restricted_token=${restricted}`
        const answer = await world.send(String(route.method), path + query, {
          ...(token !== undefined && { token }),
          ...(row.headers && { headers: row.headers }),
          ...(row.body !== undefined && { body: row.body }),
        })
        const what = `${caller}: ${answer.status} ${answer.text.slice(0, 200)}`
        if (row.may.includes(caller)) {
          assert.equal(answer.status, row.ok ?? 200, what)
        } else {
          const { status, looks } = refusal(route.envelope, caller)
          assert.equal(answer.status, status, what)
          assert.ok(looks(answer), what)
        }
      }
    })
  }
})
