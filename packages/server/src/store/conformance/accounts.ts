import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store } from '../port.ts'
import { aUser, sharedStore } from './examples.ts'

const anyone = { onlyIfFirst: false }

export function accountsConform(open: () => Promise<Store>): void {
  describe('accounts', () => {
    const store = sharedStore(open)

    test('[ST-1] an account is found by id and by username, with all that it was given', async () => {
      const plain = aUser({ emailVerified: false })
      const full = aUser({
        emails: ['one@example.org', 'zwei@example.org'],
        roles: ['clinic'],
        termsAccepted: '2024-03-01T12:00:00.000Z',
      })
      for (const user of [plain, full]) {
        assert.equal(await store().createUser(user, anyone), 'created')
        assert.deepEqual(await store().userById(user.id), user)
        assert.deepEqual(await store().userByUsername(user.username), user)
      }
    })

    test('[ST-2] nobody is found under an id or a username that was never given', async () => {
      assert.equal(await store().userById('0000000000'), undefined)
      assert.equal(await store().userByUsername('nobody@example.org'), undefined)
      assert.equal(await store().changeSequence('0000000000'), 0)
    })

    test('[ST-3] a username is given once, compared as it is', async () => {
      const first = aUser({ username: 'twice@example.org' })
      assert.equal(await store().createUser(first, anyone), 'created')
      assert.equal(await store().createUser(aUser({ username: 'twice@example.org' }), anyone), 'taken')
      assert.equal(await store().createUser(aUser({ username: 'Twice@example.org' }), anyone), 'created')
      assert.deepEqual(await store().userByUsername('twice@example.org'), first)
    })

    test('[ST-4] of many who ask for one username at once, one gets it', async () => {
      const asked = Array.from({ length: 20 }, () => aUser({ username: 'race@example.org' }))
      const answers = await Promise.all(asked.map((user) => store().createUser(user, anyone)))
      assert.equal(answers.filter((answer) => answer === 'created').length, 1)
      assert.equal(answers.filter((answer) => answer === 'taken').length, 19)
      const winner = asked[answers.indexOf('created')]
      assert.deepEqual(await store().userByUsername('race@example.org'), winner)
    })
  })

  test('[ST-6] accounts are found by role and by when they were made, both ends included', async (t) => {
    const store = await open()
    t.after(() => store.close())
    const users = [
      aUser({ id: '0000000001', roles: ['clinic'], createdMs: 10 }),
      aUser({ id: '0000000002', roles: ['patient', 'clinic'], createdMs: 20 }),
      aUser({ id: '0000000003', roles: ['patient'], createdMs: 20 }),
    ]
    for (const user of users) await store.createUser(user, anyone)
    const found = async (query: Parameters<Store['usersWithRole']>[0]) =>
      (await store.usersWithRole(query)).map((user) => users.findIndex(({ id }) => id === user.id) + 1)
    assert.deepEqual(await found({ role: 'clinic' }), [1, 2])
    assert.deepEqual(await found({ role: 'clinic', fromMs: 20 }), [2])
    assert.deepEqual(await found({ role: 'clinic', toMs: 10 }), [1])
    assert.deepEqual(await found({ role: 'patient', fromMs: 11, toMs: 19 }), [])
    assert.deepEqual(await found({ role: 'clin' }), [])
    assert.deepEqual((await store.usersWithRole({ role: 'clinic' }))[1], users[1])
  })

  test('[ST-5] of many who want to be the first account at once, one is, and nobody after', async (t) => {
    const store = await open()
    t.after(() => store.close())
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => store.createUser(aUser(), { onlyIfFirst: true })),
    )
    assert.equal(answers.filter((answer) => answer === 'created').length, 1)
    assert.equal(answers.filter((answer) => answer === 'not-first').length, 19)
    assert.equal(await store.createUser(aUser(), { onlyIfFirst: true }), 'not-first')
    assert.equal(await store.createUser(aUser(), anyone), 'created')
  })
}
