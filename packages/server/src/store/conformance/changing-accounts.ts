import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Store, User } from '../port.ts'
import { aDataSet, aRecord, aUser, NOW_MS, sharedStore } from './examples.ts'

const anyone = { onlyIfFirst: false }

export function changingAccountsConforms(open: () => Promise<Store>): void {
  describe('changing and deleting accounts', () => {
    const store = sharedStore(open)

    const added = async (fields: Partial<User> = {}): Promise<User> => {
      const user = aUser(fields)
      await store().createUser(user, anyone)
      return user
    }
    const session = async (user: User, name: string, lineage = name) => {
      const tokenHash = `${user.id}-${name}`
      const times = { createdMs: NOW_MS, expiresMs: NOW_MS + 1 }
      await store().createSession({ tokenHash, lineage: `${user.id}-${lineage}`, userId: user.id, ...times })
      return tokenHash
    }
    const everything = async () => {
      for (;;) if ((await store().eraseDeleted({ limit: 3 })) === 0) return
    }

    test('[ST-300] what an update names is changed, and the rest stays', async () => {
      const user = await added()
      const changes = {
        emails: ['two@example.org'],
        passwordHash: 'new',
        termsAccepted: '2024-03-01T12:00:00.000Z',
      }
      assert.equal(await store().updateUser({ userId: user.id, changes }), 'updated')
      assert.deepEqual(await store().userById(user.id), { ...user, ...changes })
      const more = { username: `${user.id}@example.com`, roles: ['clinic'], emailVerified: false }
      assert.equal(await store().updateUser({ userId: user.id, changes: more }), 'updated')
      assert.deepEqual(await store().userByUsername(more.username), { ...user, ...changes, ...more })
      assert.equal(await store().userByUsername(user.username), undefined)
      assert.equal(await store().updateUser({ userId: 'nobody', changes }), 'unknown-user')
    })

    test('[ST-301] a username of another account changes nothing; the own one is no other', async () => {
      const [one, two] = [await added(), await added()]
      const changes = { username: two.username, roles: ['clinic'] }
      assert.equal(await store().updateUser({ userId: one.id, changes }), 'taken')
      assert.deepEqual(await store().userById(one.id), one)
      assert.equal(
        await store().updateUser({ userId: one.id, changes: { username: one.username } }),
        'updated',
      )
    })

    test('[ST-302] an end of custody takes that word out of every grant, and nothing else', async () => {
      const [kid, ada, bo] = [await added(), await added(), await added()]
      await store().setPermissions({ userId: kid.id, granteeId: ada.id, permissions: ['custodian', 'view'] })
      await store().setPermissions({ userId: kid.id, granteeId: bo.id, permissions: ['custodian'] })
      await store().setPermissions({ userId: ada.id, granteeId: bo.id, permissions: ['custodian'] })
      await store().updateUser({ userId: kid.id, changes: {}, endCustody: true })
      assert.deepEqual(await store().permissions(kid.id, ada.id), ['view'])
      assert.deepEqual(await store().permissions(kid.id, bo.id), [])
      assert.deepEqual(await store().permissions(ada.id, bo.id), ['custodian'])
    })

    test('[ST-303] an account and its first grant come together', async () => {
      const ada = await added()
      const kid = aUser()
      const grant = { userId: kid.id, granteeId: ada.id, permissions: ['custodian'] as const }
      assert.equal(await store().createUser(kid, { ...anyone, grant }), 'created')
      assert.deepEqual(await store().permissions(kid.id, ada.id), ['custodian'])
    })

    test('[ST-304] all accounts, in the order in which they were made', async () => {
      const users = [await added(), await added()]
      assert.deepEqual((await store().users()).slice(-2), users)
    })

    test('[ST-305] all sessions of a person end, but one and its lineage', async () => {
      const [ada, bo] = [await added(), await added()]
      const [kept, same, other] = [
        await session(ada, 'a'),
        await session(ada, 'b', 'a'),
        await session(ada, 'c'),
      ]
      const strange = await session(bo, 'a')
      await store().deleteSessionsOf({ userId: ada.id, exceptTokenHash: kept })
      assert.ok(
        (await store().session(kept)) && (await store().session(same)) && (await store().session(strange)),
      )
      assert.equal(await store().session(other), undefined)
      await store().deleteSessionsOf({ userId: ada.id })
      assert.equal(await store().session(kept), undefined)
      assert.ok(await store().session(strange))
    })

    test('[ST-306] a deleted account is gone at once, with everything that hangs on it; others stay', async () => {
      const [ada, bo] = [await added(), await added()]
      const dataSet = aDataSet(ada.id)
      const ofBo = aDataSet(bo.id, { createdUserId: ada.id })
      for (const one of [dataSet, ofBo]) {
        await store().createDataSet(one)
        const records = Array.from({ length: 10 }, (_, i) => aRecord(`o${i}`))
        await store().write({ dataSetId: one.id, nowMs: NOW_MS, records })
      }
      const token = await session(ada, 'a')
      await store().setPermissions({ userId: ada.id, granteeId: bo.id, permissions: ['view'] })
      await store().setPermissions({ userId: bo.id, granteeId: ada.id, permissions: ['view'] })

      assert.equal(await store().deleteUser(ada.id), 'deleted')
      assert.equal(await store().userById(ada.id), undefined)
      assert.equal(await store().userByUsername(ada.username), undefined)
      assert.ok(!(await store().users()).some(({ emails }) => emails.length === 0))
      assert.equal(await store().session(token), undefined)
      assert.equal(await store().dataSet(dataSet.id), undefined)
      assert.deepEqual(await store().permissions(bo.id, ada.id), [])
      assert.deepEqual(await store().grantsBy(bo.id), [])
      assert.deepEqual(await store().grantsTo(bo.id), [])
      await assert.rejects(
        store().write({ dataSetId: dataSet.id, nowMs: NOW_MS, records: [aRecord('late')] }),
        {
          reason: 'data-set-not-found',
        },
      )
      assert.equal((await store().dataSet(ofBo.id))?.createdUserId, undefined)
      assert.equal(await store().deleteUser(ada.id), 'unknown-user')

      await everything()
      const rows = []
      for await (const batch of store().read({ userId: bo.id })) rows.push(...batch)
      assert.equal(rows.length, 10)
      assert.equal(await store().createUser(aUser({ username: ada.username }), anyone), 'created')
    })

    test('[ST-307] erasing goes on where it was stopped, a few rows at a time', async () => {
      const ada = await added()
      const dataSet = aDataSet(ada.id)
      await store().createDataSet(dataSet)
      const records = Array.from({ length: 10 }, (_, i) => aRecord(`o${i}`))
      await store().write({ dataSetId: dataSet.id, nowMs: NOW_MS, records })
      await store().deleteUser(ada.id)
      assert.equal(await store().eraseDeleted({ limit: 4 }), 4)
      assert.equal(await store().eraseDeleted({ limit: 4 }), 4)
      await everything()
      assert.equal(await store().eraseDeleted({ limit: 4 }), 0)
    })
  })
}
