import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Permission, Store } from '../port.ts'
import { aUser, sharedStore } from './examples.ts'

export function permissionsConform(open: () => Promise<Store>): void {
  describe('permissions', () => {
    const store = sharedStore(open)

    async function somebody(): Promise<string> {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      return user.id
    }
    const grant = (userId: string, granteeId: string, ...permissions: Permission[]) =>
      store().setPermissions({ userId, granteeId, permissions })

    test('[ST-200] what was granted is found, in alphabetical order and each once, in this direction alone', async () => {
      const [owner, friend] = [await somebody(), await somebody()]
      assert.deepEqual(await store().permissions(owner, friend), [])
      assert.equal(await grant(owner, friend, 'view', 'custodian', 'view', 'upload'), 'set')
      assert.deepEqual(await store().permissions(owner, friend), ['custodian', 'upload', 'view'])
      assert.deepEqual(await store().permissions(friend, owner), [])
      assert.deepEqual(await store().permissions(owner, owner), [])
    })

    test('[ST-201] a new grant replaces the old one whole; nothing granted takes everything away', async () => {
      const [owner, friend] = [await somebody(), await somebody()]
      await grant(owner, friend, 'view', 'note')
      await grant(owner, friend, 'upload')
      assert.deepEqual(await store().permissions(owner, friend), ['upload'])
      assert.equal(await grant(owner, friend), 'set')
      assert.deepEqual(await store().permissions(owner, friend), [])
      assert.deepEqual(await store().grantsBy(owner), [])
      assert.equal(await grant(owner, friend), 'set')
    })

    test('[ST-202] nothing is granted by or to an account that there is not', async () => {
      const owner = await somebody()
      assert.equal(await grant(owner, 'nobody', 'view'), 'unknown-user')
      assert.equal(await grant('nobody', owner, 'view'), 'unknown-user')
      assert.deepEqual(await store().permissions('nobody', owner), [])
      assert.deepEqual(await store().grantsBy('nobody'), [])
      assert.deepEqual(await store().grantsTo('nobody'), [])
    })

    test('[ST-203] the grants of a user are listed in both directions, by the id of the other', async () => {
      const [owner, another] = [await somebody(), await somebody()]
      const friends = [await somebody(), await somebody(), await somebody()]
      for (const friend of friends) await grant(owner, friend, 'view')
      await grant(another, friends[0] ?? '', 'follow', 'upload')
      const of = (userId: string, granteeId = '', permissions: Permission[] = ['view']) => ({
        userId,
        granteeId,
        permissions,
      })
      assert.deepEqual(
        await store().grantsBy(owner),
        [...friends].sort().map((friend) => of(owner, friend)),
      )
      const toFirst = [of(owner, friends[0]), of(another, friends[0], ['follow', 'upload'])]
      assert.deepEqual(
        await store().grantsTo(friends[0] ?? ''),
        toFirst.sort((a, b) => (a.userId < b.userId ? -1 : 1)),
      )
      assert.deepEqual(await store().grantsTo(owner), [])
    })

    test('[ST-204] ids are taken as they are, with spaces, quotes or nothing in them', async () => {
      const [owner, friend] = [await somebody(), await somebody()]
      await grant(owner, friend, 'view')
      for (const userId of [`${owner} `, `${owner} ${friend}`, `${owner}"`, '', 'ü\ud800']) {
        assert.deepEqual(await store().permissions(userId, friend), [], userId)
      }
    })
  })
}
