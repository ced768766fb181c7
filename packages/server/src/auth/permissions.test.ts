import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refused } from '../failure.ts'
import type { Permission } from '../store/permissions.ts'
import type { Identity } from './identity.ts'
import { type Operation, requirePermission, type Target } from './permissions.ts'

const OWNER = '0000000001'
const OTHER = '0000000002'
const times = { tokenHash: '', createdMs: 0, expiresMs: 1 }
const person = (userId: string): Identity => ({
  kind: 'person',
  userId,
  expiresMs: 1,
  session: { ...times, userId },
})
const service: Identity = { kind: 'service', name: 'x', expiresMs: 1, session: { ...times, service: 'x' } }

async function outcome(
  who: Identity | undefined,
  operation: Operation,
  granted: readonly Permission[] = [],
  target: Target = { userId: OWNER },
  backwards: readonly Permission[] = [],
): Promise<string> {
  try {
    const permissions = async (userId: string) => (userId === target.userId ? granted : backwards)
    await requirePermission({ permissions }, who, operation, target)
    return 'may'
  } catch (error) {
    if (error instanceof Refused) return error.failure.kind
    throw error
  }
}

const every: Permission[] = ['custodian', 'follow', 'note', 'upload', 'view']

/** http.md §2.1: what the owner may, and with which grants others may. */
const table: Record<Operation, { owner: boolean; grants: Permission[] }> = {
  'read data': { owner: true, grants: ['view'] },
  'see summaries': { owner: true, grants: ['view'] },
  'list data sets': { owner: true, grants: ['custodian', 'upload', 'view'] },
  'list open data sets': { owner: true, grants: [] },
  'list datasets': { owner: true, grants: ['view'] },
  'see a data set': { owner: true, grants: ['view'] },
  'create a data set': { owner: true, grants: ['upload'] },
  'change data': { owner: true, grants: ['upload'] },
  'close a normal data set': { owner: true, grants: ['upload'] },
  'update a continuous data set': { owner: false, grants: [] },
  'delete a data set': { owner: true, grants: ['custodian'] },
  'delete all data': { owner: false, grants: [] },
  'see data sources': { owner: true, grants: [] },
  'change data sources': { owner: false, grants: [] },
  'see quarantine': { owner: true, grants: [] },
  'change quarantine': { owner: true, grants: [] },
  'see an account': { owner: true, grants: ['custodian'] },
  'change an account': { owner: true, grants: ['custodian'] },
  'delete an account': { owner: true, grants: ['custodian'] },
  'make a custodial account': { owner: true, grants: [] },
  'sign out everywhere': { owner: true, grants: [] },
  'see sign-ins': { owner: true, grants: [] },
  'end a sign-in': { owner: true, grants: [] },
  'make restricted tokens': { owner: true, grants: [] },
  'list restricted tokens': { owner: false, grants: [] },
  'see who has access': { owner: true, grants: ['custodian'] },
  'see a grant': { owner: true, grants: ['custodian'] },
  'change a grant': { owner: true, grants: ['custodian'] },
  'give up a grant': { owner: true, grants: ['custodian'] },
  'see a profile': { owner: true, grants: every },
  'see a name': { owner: true, grants: every },
  'see settings': { owner: true, grants: every },
  'change metadata': { owner: true, grants: ['custodian'] },
  invite: { owner: true, grants: ['custodian'] },
  'answer invitations': { owner: true, grants: [] },
  'confirm an address': { owner: true, grants: ['custodian'] },
  'add files': { owner: true, grants: ['upload'] },
  'see files': { owner: true, grants: [] },
  'delete files': { owner: true, grants: [] },
  'see the audit trail': { owner: true, grants: [] },
  'see clinics': { owner: true, grants: [] },
  'look up accounts': { owner: false, grants: [] },
}

for (const [name, { owner, grants }] of Object.entries(table)) {
  const operation = name as Operation
  test(`[AU-30] who may ${operation}`, async () => {
    assert.equal(await outcome(undefined, operation), 'unauthenticated')
    assert.equal(await outcome(service, operation), 'may')
    assert.equal(await outcome(person(OWNER), operation), owner ? 'may' : 'unauthorized')
    assert.equal(await outcome(person(OTHER), operation), 'unauthorized')
    for (const word of ['custodian', 'follow', 'note', 'upload', 'view'] as const) {
      const expected = grants.includes(word) ? 'may' : 'unauthorized'
      assert.equal(await outcome(person(OTHER), operation, [word]), expected, word)
    }
    assert.equal(
      await outcome(person(OTHER), operation, ['custodian', 'upload', 'view']),
      grants.length > 0 ? 'may' : 'unauthorized',
    )
  })
}

test('[AU-31] who may upload may delete a data set of their own making, and no other (scenario 59)', async () => {
  const of = (createdUserId?: string) => ({ userId: OWNER, ...(createdUserId && { createdUserId }) })
  const may = (granted: Permission[], createdUserId?: string) =>
    outcome(person(OTHER), 'delete a data set', granted, of(createdUserId))
  assert.equal(await may(['upload'], OTHER), 'may')
  assert.equal(await may(['upload'], OWNER), 'unauthorized')
  assert.equal(await may(['upload']), 'unauthorized')
  assert.equal(await may(['view'], OTHER), 'unauthorized')
  assert.equal(await may([], OTHER), 'unauthorized')
  assert.equal(await may(['custodian'], OWNER), 'may')
})

test('[SH-3] whom a grant is for may see it and give it up, and no other', async () => {
  for (const operation of ['see a grant', 'give up a grant'] as const) {
    assert.equal(await outcome(person(OTHER), operation, [], { userId: OWNER, granteeId: OTHER }), 'may')
    assert.equal(
      await outcome(person(OTHER), operation, ['view'], { userId: OWNER, granteeId: 'x' }),
      'unauthorized',
    )
  }
})

test('[SH-6] who shares with somebody may see that one’s name, and nothing else', async () => {
  const target = { userId: OWNER }
  assert.equal(await outcome(person(OTHER), 'see a name', [], target, ['view']), 'may')
  assert.equal(await outcome(person(OTHER), 'see a profile', [], target, ['view']), 'unauthorized')
  assert.equal(await outcome(person(OTHER), 'read data', [], target, ['view']), 'unauthorized')
})

test('[AU-32] nobody but a service deletes all data of a user (scenario 61)', async () => {
  assert.equal(await outcome(person(OWNER), 'delete all data'), 'unauthorized')
  assert.equal(
    await outcome(person(OTHER), 'delete all data', ['custodian', 'upload', 'view']),
    'unauthorized',
  )
  assert.equal(await outcome(service, 'delete all data'), 'may')
})

test('[AU-37] a service is told of a user id that can be none; a person is a stranger there', async () => {
  for (const userId of ['x', ' ', '', OWNER.toUpperCase().replace('1', 'A'), `${OWNER} `]) {
    assert.equal(await outcome(service, 'read data', [], { userId }), 'user-id-malformed', userId)
    assert.equal(await outcome(person(OWNER), 'read data', [], { userId }), 'unauthorized', userId)
  }
})
