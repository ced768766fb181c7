import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Person, startWorld, type World } from '@tidegauge/server/testing'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/** Tidepool's own description of its API, as far as this server answers it. */
const file = join(import.meta.dirname, '..', '..', 'shared', 'spec', 'tidepool-openapi.json')
const skip = existsSync(file) ? false : `no sample data: ${file} is not there`

interface Json {
  [key: string]: Json | undefined
}
const specs: Record<string, Json> = skip ? {} : JSON.parse(readFileSync(file, 'utf8')).specs

interface Asked {
  method: string
  path: string
  body?: unknown
  headers?: Record<string, string>
  as?: 'owner' | 'service' | 'nobody' | 'other'
}

/** What is not served; of each, why. */
const notServed: Record<string, string> = {
  'GET /v1/device_check/verify': 'attestation of Apple devices, which needs Apple',
  'GET /auth/v1/users/{userId}/provider_sessions': 'links to clouds are kept by services as data sources',
  'POST /auth/v1/users/{userId}/provider_sessions': 'as above',
  'DELETE /auth/v1/users/{userId}/provider_sessions': 'as above',
  'GET /auth/v1/provider_sessions/{sessionId}': 'as above',
  'PUT /auth/v1/provider_sessions/{sessionId}': 'as above',
  'DELETE /auth/v1/provider_sessions/{sessionId}': 'as above',
  'POST /v1/users/{userId}/device_tokens': 'nothing is pushed to phones',
  'DELETE /v1/users/{userId}/oauth/{providerName}/authorize': 'there is no cloud to leave',
  'POST /v1/partners/twiist/data/{dataSetId}': 'for a partner of Tidepool',
  'GET /export/{userId}': 'later',
}

/** Where the description is wrong, by the numbers of http.md §8, or says more than clients read. */
const corrections: Record<string, string> = {
  ...forEach(
    'Q24: there are six roles, and they are always sent',
    'POST /auth/login',
    'POST /auth/login/{longtermkey}',
    'GET /auth/user',
    'POST /auth/user',
    'PUT /auth/user',
    'GET /auth/users',
    'GET /auth/user/{userId}',
    'PUT /auth/user/{userId}',
    'POST /auth/user/{userId}/user',
  ),
  'GET /metadata/users/{userId}/users':
    'Q24; one of the two permission sets is there, not always both (§2.4)',
  'GET /v1/users/{userId}/data_sets': 'Q3: a bare list',
  ...forEach(
    'Q8: wrapped, and nothing in it',
    'POST /v1/data_sets/{dataSetId}/data',
    'POST /v1/datasets/{dataSetId}/data',
  ),
  'GET /data/{userId}':
    'Q25: each record would have to be of several closed objects at once, and there is no upload record',
  ...forEach(
    'the context is an object, not a text (§2.3)',
    'POST /confirm/send/invite/{userId}',
    'GET /confirm/invite/{userId}',
    'GET /confirm/invitations/{userId}',
  ),
  ...forEach(
    'a source that is not linked yet has no times and no session (§5.2)',
    'POST /v1/users/{userId}/data_sources',
    'GET /v1/users/{userId}/data_sources',
    'GET /v1/data_sources/{dataSourceId}',
    'PUT /v1/data_sources/{dataSourceId}',
  ),
  'DELETE /v1/data_sources/{dataSourceId}': 'empty, as in the reference (data-sets.md §10)',
}

function forEach(reason: string, ...operations: string[]): Record<string, string> {
  return Object.fromEntries(operations.map((operation) => [operation, reason]))
}

describe('the OpenAPI description', { skip }, () => {
  let world: World
  let owner: Person
  let other: Person
  let service: string
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  addFormats.default(ajv)
  ajv.addFormat('integer', true)

  before(async () => {
    world = await startWorld()
    ;[owner, other] = [await world.person(), await world.person()]
    service = await world.service()
    for (const [name, spec] of Object.entries(specs)) ajv.addSchema(plain(spec), name)
  })
  after(() => world?.[Symbol.asyncDispose]())

  const ask = ({ method, path, body, headers, as = 'owner' }: Asked) => {
    const token = { owner: owner.token, service, other: other.token, nobody: undefined }[as]
    return world.send(method, path, {
      ...(token !== undefined && { token }),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    })
  }

  test('[OA-1] every success body is as described, but for the corrections, and none of those is needless', async () => {
    const answers = await everything(ask, { owner, other, world })
    const described = Object.entries(specs).flatMap(([name, spec]) =>
      Object.entries(spec.paths ?? {}).flatMap(([path, operations]) =>
        ['get', 'post', 'put', 'delete', 'patch']
          .filter((method) => operations?.[method])
          .map((method) => ({ name, path, method, operation: `${method.toUpperCase()} ${path}` })),
      ),
    )
    const unknown = described
      .map(({ operation }) => operation)
      .filter((one) => !(one in answers) && !(one in notServed))
    assert.deepEqual(unknown, [], 'neither asked for nor said to be not served')
    const wrong: Record<string, string> = {}
    for (const { name, path, method, operation } of described) {
      const answer = answers[operation]
      if (!answer) continue
      assert.ok(answer.status >= 200 && answer.status < 300, `${operation}: ${answer.status} ${answer.text}`)
      const validate = validatorOf(ajv, name, path, method)
      if (validate && !validate(answer.json)) wrong[operation] = ajv.errorsText(validate.errors).slice(0, 300)
    }
    const uncorrected = Object.fromEntries(
      Object.entries(wrong).filter(([operation]) => !(operation in corrections)),
    )
    assert.deepEqual(uncorrected, {})
    assert.deepEqual(
      Object.keys(corrections).filter((operation) => !(operation in wrong)),
      [],
      'needless',
    )
  })
})

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type more, and yes or no where it has the limit itself. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain) as unknown as Json
  if (typeof value !== 'object' || value === null) return value as Json
  const { nullable, ...rest } = value as Record<string, unknown>
  for (const [exclusive, limit] of [
    ['exclusiveMaximum', 'maximum'],
    ['exclusiveMinimum', 'minimum'],
  ] as const) {
    if (typeof rest[exclusive] !== 'boolean') continue
    if (rest[exclusive]) {
      rest[exclusive] = rest[limit]
      delete rest[limit]
    } else delete rest[exclusive]
  }
  const copy = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, plain(one)]))
  return (
    nullable === true && typeof rest.type === 'string' ? { ...copy, type: [rest.type, 'null'] } : copy
  ) as Json
}

function validatorOf(ajv: Ajv, name: string, path: string, method: string): ValidateFunction | undefined {
  const spec = specs[name] as Json
  const responses = spec.paths?.[path]?.[method]?.responses ?? {}
  const status = Object.keys(responses).find((code) => code.startsWith('2'))
  if (status === undefined) return undefined
  const $ref = responses[status]?.$ref as string | undefined
  const pointer = $ref ?? `#/paths/${escaped(path)}/${method}/responses/${status}`
  const response = $ref ? at(spec, $ref) : responses[status]
  const type = Object.keys(response?.content ?? {}).find((one) => one.startsWith('application/json'))
  if (type === undefined || !response?.content?.[type]?.schema) return undefined
  return ajv.compile({ $ref: `${name}${pointer}/content/${escaped(type)}/schema` })
}

function at(spec: Json, pointer: string): Json | undefined {
  return pointer
    .slice(2)
    .split('/')
    .reduce<Json | undefined>((value, key) => value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], spec)
}

function escaped(text: string): string {
  return text.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')
}

type Answer = Awaited<ReturnType<World['send']>>

/** Asks for every operation once, in an order in which each has what it needs. */
async function everything(
  ask: (asked: Asked) => Promise<Answer>,
  { owner, other, world }: { owner: Person; other: Person; world: World },
): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  const get = async (operation: string, path: string, more: Partial<Asked> = {}) => {
    const answer = await ask({ method: operation.split(' ')[0] ?? '', path, ...more })
    answers[operation] = answer
    return answer
  }
  const { userId } = owner
  const basic = (person: Person) => ({
    authorization: `Basic ${Buffer.from(`${person.username}:${person.password}`).toString('base64')}`,
  })
  const details = (username: string) => ({ username, emails: [username], password: 'correct:horse' })
  const nobody = { as: 'nobody' } as const
  const asService = { as: 'service' } as const

  await get('POST /auth/login', '/auth/login', { ...nobody, headers: basic(owner) })
  await get('POST /auth/login/{longtermkey}', '/auth/login/key', { ...nobody, headers: basic(owner) })
  await get('GET /auth/user', '/auth/user')
  await get('PUT /auth/user', '/auth/user', { body: { updates: { termsAccepted: '2024-03-01T09:00:00Z' } } })
  const third = await get('POST /auth/user', '/auth/user', { ...nobody, body: details('third@example.org') })
  await get('GET /auth/users', `/auth/users?id=${userId}`, asService)
  await get('GET /auth/user/{userId}', `/auth/user/${userId}`)
  await get('PUT /auth/user/{userId}', `/auth/user/${userId}`, { body: { updates: {} } })
  const child = { username: 'child@example.org', emails: ['child@example.org'] }
  await get('POST /auth/user/{userId}/user', `/auth/user/${userId}/user`, { body: child })
  await get('DELETE /auth/user/{userId}', `/auth/user/${third.json.userid}`, asService)
  const server = { 'x-tidepool-server-name': 'importer', 'x-tidepool-server-secret': 'known-to-the-operator' }
  await get('POST /auth/serverlogin', '/auth/serverlogin', { ...nobody, headers: server })
  await get('GET /auth/token', '/auth/token')
  await get('GET /auth/token/{token}', `/auth/token/${owner.token}`, asService)
  const tokens = `/v1/users/${userId}/restricted_tokens`
  const token = await get('POST /v1/users/{userId}/restricted_tokens', tokens, { body: { paths: ['/data'] } })
  await get('GET /v1/users/{userId}/restricted_tokens', tokens, asService)
  const one = `/v1/restricted_tokens/${token.json.id}`
  await get('GET /v1/restricted_tokens/{tokenId}', one, asService)
  await get('PUT /v1/restricted_tokens/{tokenId}', one, { ...asService, body: { paths: ['/data'] } })
  await get('DELETE /v1/restricted_tokens/{tokenId}', one)
  await get('DELETE /v1/users/{userId}/restricted_tokens', tokens, asService)

  for (const name of ['profile', 'settings', 'preferences']) {
    const path = `/metadata/${userId}/${name}`
    const body =
      name === 'profile'
        ? { fullName: 'Ada', patient: { birthday: '1980-01-31' } }
        : { units: { bg: 'mg/dL' } }
    await get('PUT /metadata/{userId}/{collectionName}', path, { body })
    await get('POST /metadata/{userId}/{collectionName}', path, { body })
    await get('GET /metadata/{userId}/{collectionName}', path)
  }
  await get('GET /metadata/collections', '/metadata/collections', nobody)
  await get('GET /metadata/{userId}/private/{fieldName}', `/metadata/${userId}/private/uploads`, asService)

  const invite = () =>
    ask({
      method: 'POST',
      path: `/confirm/send/invite/${userId}`,
      body: { email: other.username, permissions: { view: {} } },
    })
  const sent = await invite()
  answers['POST /confirm/send/invite/{userId}'] = sent
  await get('GET /confirm/invite/{userId}', `/confirm/invite/${userId}`)
  await get('GET /confirm/invitations/{userId}', `/confirm/invitations/${other.userId}`, { as: 'other' })
  const answer = (verb: string, key: string) =>
    ({
      path: `/confirm/${verb}/invite/${other.userId}/${userId}`,
      more: { as: 'other', body: { key } },
    }) as const
  const dismissed = answer('dismiss', sent.json.key)
  await get('PUT /confirm/dismiss/invite/{userId}/{invitedBy}', dismissed.path, dismissed.more)
  await invite()
  await get('PUT /confirm/{userId}/invited/{invitedBy}', `/confirm/${userId}/invited/${other.username}`)
  const accepted = answer('accept', (await invite()).json.key)
  await get('PUT /confirm/accept/invite/{userId}/{invitedBy}', accepted.path, accepted.more)
  await get('POST /confirm/forgot/{email}', `/confirm/forgot/${owner.username}`, nobody)
  const kid = await ask({
    method: 'POST',
    path: `/auth/user/${userId}/user`,
    body: { username: 'kid@example.org', emails: ['kid@example.org'] },
  })
  const signUp = `/confirm/signup/${kid.json.userid}`
  const start = () => get('POST /confirm/send/signup/{userId}', `/confirm/send/signup/${kid.json.userid}`)
  await start()
  await get('GET /confirm/signup/{userId}', signUp)
  await get('POST /confirm/signup/{userId}', signUp, { body: {} })
  await get('PUT /confirm/signup/{userId}', signUp, { body: {} })
  await start()
  await get('PUT /confirm/dismiss/signup/{userId}', `/confirm/dismiss/signup/${kid.json.userid}`, {
    body: {},
  })
  await get('POST /confirm/resend/signup/{email}', '/confirm/resend/signup/kid@example.org', nobody)
  // Whoever has these keys has them from a message; here they are put where their hashes would be.
  const now = Date.now()
  const common = { status: 'pending', createdMs: now, modifiedMs: now, expiresMs: now + 60_000 } as const
  const keep = async (
    type: 'signup_confirmation' | 'password_reset',
    person: { userId: string; username: string },
  ) => {
    const keyHash = createHash('sha256').update(type).digest('hex')
    const confirmation = { ...common, keyHash, type, userId: person.userId, email: person.username }
    await world.store.createConfirmation(confirmation, { replaces: true })
  }
  await keep('signup_confirmation', other)
  await get('PUT /confirm/accept/signup/{key}', '/confirm/accept/signup/signup_confirmation', nobody)
  const forgetful = await world.person()
  await keep('password_reset', forgetful)
  const reset = { key: 'password_reset', email: forgetful.username, password: 'another:horse' }
  await get('PUT /confirm/accept/forgot', '/confirm/accept/forgot', { ...nobody, body: reset })

  await get('GET /access/groups/{userId}', `/access/groups/${other.userId}`, { as: 'other' })
  await get('GET /access/{sharerId}', `/access/${userId}`)
  await get('GET /access/{sharerId}/{userId}', `/access/${userId}/${other.userId}`)
  await get('POST /access/{sharerId}/{userId}', `/access/${userId}/${other.userId}`, {
    body: { view: {}, upload: {} },
  })
  await get('GET /metadata/users/{userId}/users', `/metadata/users/${userId}/users`)

  const client = { name: 'org.example.app', version: '1.0.0' }
  for (const path of ['datasets', 'data_sets']) {
    const sets = `/v1/users/${userId}/${path}`
    const made = await get(`POST /v1/users/{userId}/${path}`, sets, {
      body: { client, dataSetType: 'normal', deviceId: 'meter' },
    })
    const set = `/v1/${path}/${made.json.data.id}`
    const reading = {
      type: 'cbg',
      time: '2026-01-05T10:00:00Z',
      value: 5,
      units: 'mmol/L',
      deviceId: 'meter',
    }
    await get(`POST /v1/${path}/{dataSetId}/data`, `${set}/data`, { body: [reading] })
    await get(`DELETE /v1/data_sets/{dataSetId}/data`, `${set}/data`, { body: [{ origin: { id: 'none' } }] })
    await get(`PUT /v1/${path}/{dataSetId}`, set, { body: { dataState: 'closed' } })
    await get(`GET /v1/users/{userId}/${path}`, sets)
    if (path === 'data_sets') await get('GET /v1/data_sets/{dataSetId}', set)
    await get('GET /data/{userId}', `/data/${userId}`)
    await get(`DELETE /v1/${path}/{dataSetId}`, set)
  }
  const upload = { type: 'upload', uploadId: 'upid_0123456789ab', version: '2.60.0', deviceId: 'meter' }
  await get('POST /data/{userId}', `/data/${userId}`, { body: upload })
  const sources = `/v1/users/${userId}/data_sources`
  const source = await get('POST /v1/users/{userId}/data_sources', sources, {
    ...asService,
    body: { providerType: 'oauth', providerName: 'dexcom' },
  })
  await get('GET /v1/users/{userId}/data_sources', sources)
  await get('GET /v1/data_sources/{dataSourceId}', `/v1/data_sources/${source.json.id}`)
  await get('PUT /v1/data_sources/{dataSourceId}', `/v1/data_sources/${source.json.id}`, {
    ...asService,
    body: {},
  })
  await get('DELETE /v1/data_sources/{dataSourceId}', `/v1/data_sources/${source.json.id}`, asService)
  await get('DELETE /v1/users/{userId}/data_sources', sources, asService)

  const digest = `MD5=${createHash('md5').update('memory').digest('base64')}`
  const blob = { headers: { 'content-type': 'application/octet-stream', digest }, body: 'memory' }
  const made = await get('POST /v1/users/{userId}/blobs', `/v1/users/${userId}/blobs`, blob)
  await get('GET /v1/users/{userId}/blobs', `/v1/users/${userId}/blobs`)
  await get('GET /v1/blobs/{blobId}', `/v1/blobs/${made.json.id}`)
  await get('GET /v1/blobs/{blobId}/content', `/v1/blobs/${made.json.id}/content`)
  await get('DELETE /v1/blobs/{blobId}', `/v1/blobs/${made.json.id}`)
  await get('DELETE /v1/users/{userId}/blobs', `/v1/users/${userId}/blobs`)
  const span = {
    'x-logs-start-at-time': '2026-01-05T10:00:00Z',
    'x-logs-end-at-time': '2026-01-05T11:00:00Z',
  }
  await get('POST /v1/users/{userId}/device_logs', `/v1/users/${userId}/device_logs`, {
    ...blob,
    headers: { ...blob.headers, ...span, 'content-type': 'application/json' },
  })
  await get('GET /v1/users/{userId}/device_logs', `/v1/users/${userId}/device_logs`)
  await get('DELETE /v1/users/{userId}/data', `/v1/users/${userId}/data`, asService)
  const refreshed = await get('GET /auth/login', '/auth/login')
  await get('POST /auth/logout', '/auth/logout', {
    ...nobody,
    headers: { 'x-tidepool-session-token': refreshed.headers.get('x-tidepool-session-token') ?? '' },
  })
  return answers
}
