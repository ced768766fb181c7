import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RestrictedToken, Store, User } from '../port.ts'
import { aUser, sharedStore } from './examples.ts'

const room = { maxBytes: 1000 }

export function metadataConforms(open: () => Promise<Store>): void {
  describe('profiles and the like', () => {
    const store = sharedStore(open)
    const added = async (): Promise<User> => {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      return user
    }

    test('[ST-350] a merge sets top-level keys and answers the whole; other names and people have their own', async () => {
      const [ada, bo] = [await added(), await added()]
      const merge = (changes: object) =>
        store().mergeMetadata({ userId: ada.id, name: 'profile', changes: { ...changes }, ...room })
      assert.equal(await store().metadata(ada.id, 'profile'), undefined)
      assert.deepEqual(await merge({ fullName: 'Ada', patient: { birthday: '1980-01-31', about: 'x' } }), {
        fullName: 'Ada',
        patient: { birthday: '1980-01-31', about: 'x' },
      })
      const whole = { fullName: 'Ada', patient: { about: null } }
      assert.deepEqual(await merge({ patient: { about: null } }), whole)
      assert.deepEqual(await store().metadata(ada.id, 'profile'), whole)
      assert.equal(await store().metadata(ada.id, 'settings'), undefined)
      assert.equal(await store().metadata(bo.id, 'profile'), undefined)
      assert.equal(
        await store().mergeMetadata({ userId: 'nobody', name: 'profile', changes: {}, ...room }),
        'unknown-user',
      )
    })

    test('[ST-351] merges at the same time lose nothing; what would be too large changes nothing', async () => {
      const { id: userId } = await added()
      const merge = (changes: object) =>
        store().mergeMetadata({ userId, name: 'settings', changes: { ...changes }, ...room })
      await Promise.all(Array.from({ length: 20 }, (_, i) => merge({ [`key${i}`]: i })))
      const before = await store().metadata(userId, 'settings')
      assert.equal(Object.keys(before ?? {}).length, 20)
      assert.equal(await merge({ long: 'x'.repeat(1000) }), 'too-large')
      assert.deepEqual(await store().metadata(userId, 'settings'), before)
    })

    test('[ST-352] what is there can be kept', async () => {
      const { id: userId } = await added()
      const first = (value: number) =>
        store().mergeMetadata({ userId, name: 'private', changes: { a: value }, keepExisting: true, ...room })
      assert.deepEqual(await first(1), { a: 1 })
      assert.deepEqual(await first(2), { a: 1 })
    })

    test('[ST-353] names that mean something to JavaScript are names like others', async () => {
      const { id: userId } = await added()
      const changes = JSON.parse('{"__proto__":{"x":1},"constructor":2}')
      await store().mergeMetadata({ userId, name: 'profile', changes, ...room })
      const found = await store().metadata(userId, 'profile')
      assert.equal(JSON.stringify(found), '{"__proto__":{"x":1},"constructor":2}')
    })
  })

  describe('restricted tokens', () => {
    const store = sharedStore(open)
    const token = async (user: User, name: string, fields: Partial<RestrictedToken> = {}) => {
      const made = {
        name,
        tokenHash: `hash of ${name}`,
        userId: user.id,
        createdMs: 1,
        expiresMs: 10,
        ...fields,
      }
      assert.equal(await store().createRestrictedToken(made), 'created')
      return made
    }
    const person = async () => {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      return user
    }

    test('[ST-354] one is found by name and by hash, changed, and gone', async () => {
      const ada = await person()
      const made = await token(ada, 'one', { paths: ['/data'] })
      assert.deepEqual(await store().restrictedToken('one'), made)
      assert.deepEqual(await store().restrictedTokenByHash('hash of one'), made)
      await store().updateRestrictedToken({ name: 'one', modifiedMs: 2, expiresMs: 20 })
      const { paths: _paths, ...rest } = made
      assert.deepEqual(await store().restrictedToken('one'), { ...rest, modifiedMs: 2, expiresMs: 20 })
      await store().deleteRestrictedToken('one')
      assert.equal(await store().restrictedToken('one'), undefined)
      const stranger = { ...made, userId: 'nobody' }
      assert.equal(await store().createRestrictedToken(stranger), 'unknown-user')
    })

    test('[ST-355] those of one person, newest first, go together, and with the sessions', async () => {
      const [ada, bo] = [await person(), await person()]
      const names = async (user: User) => (await store().restrictedTokensOf(user.id)).map(({ name }) => name)
      await token(ada, 'a1')
      await token(ada, 'a2', { createdMs: 2 })
      await token(bo, 'b1')
      assert.deepEqual(await names(ada), ['a2', 'a1'])
      await store().deleteRestrictedTokensOf(ada.id)
      assert.deepEqual([await names(ada), await names(bo)], [[], ['b1']])
      await store().deleteSessionsOf({ userId: bo.id })
      assert.deepEqual(await names(bo), [])
    })

    test('[ST-356] what has run out is removed with expired sessions, and everything with its person', async () => {
      const ada = await person()
      await token(ada, 'old', { expiresMs: 9 })
      await token(ada, 'new', { expiresMs: 10 })
      await store().deleteExpiredSessions(10)
      assert.equal(await store().restrictedToken('old'), undefined)
      assert.ok(await store().restrictedToken('new'))
      await store().deleteUser(ada.id)
      assert.equal(await store().restrictedToken('new'), undefined)
    })
  })
}
