import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import type { PersonSession, Session, Store } from '../port.ts'
import { aUser, NOW_MS, sharedStore } from './examples.ts'

export function sessionsConform(open: () => Promise<Store>): void {
  describe('sessions', () => {
    const store = sharedStore(open)

    async function aSession(expiresMs = NOW_MS): Promise<Session> {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      const tokenHash = randomBytes(32).toString('hex')
      const session = { tokenHash, userId: user.id, createdMs: NOW_MS - 1000, expiresMs }
      await store().createSession(session)
      // An engine that remembers what was looked up must notice every later change.
      assert.deepEqual(await store().session(tokenHash), session)
      return session
    }

    test('[ST-10] a session is found by the hash of its token, expired or not, until it is deleted', async () => {
      const expired = await aSession(1)
      const other = await aSession()
      assert.deepEqual(await store().session(expired.tokenHash), expired)
      await store().deleteSession(expired.tokenHash)
      assert.equal(await store().session(expired.tokenHash), undefined)
      assert.deepEqual(await store().session(other.tokenHash), other)
    })

    test('[ST-15] sessions of one lineage end together', async () => {
      const first = await aSession()
      const lineage = randomBytes(32).toString('hex')
      const related = ['a', 'b'].map((name) => ({ ...first, tokenHash: lineage + name, lineage }))
      for (const session of related) await store().createSession(session)
      for (const session of related) assert.deepEqual(await store().session(session.tokenHash), session)
      await store().deleteSession(`${lineage}b`)
      for (const { tokenHash } of related) assert.equal(await store().session(tokenHash), undefined)
      assert.deepEqual(await store().session(first.tokenHash), first)
    })

    test('[ST-17] the sessions of a person are listed, of nobody else, with what opened them', async () => {
      const [first, other] = [await aSession(1), await aSession()]
      const { userId } = first as PersonSession
      const second = { ...first, tokenHash: randomBytes(32).toString('hex'), app: 'Loop/3.4', createdMs: 5 }
      await store().createSession(second)
      const byTime = (a: Session, b: Session) => a.createdMs - b.createdMs
      assert.deepEqual((await store().sessionsOf(userId)).sort(byTime), [second, first])
      await store().deleteSession(second.tokenHash)
      assert.deepEqual(await store().sessionsOf(userId), [first])
      assert.deepEqual(await store().sessionsOf('nobody'), [])
      assert.deepEqual(await store().sessionsOf((other as PersonSession).userId), [other])
    })

    test('[ST-16] an account comes with its first session, or not at all', async () => {
      const user = aUser()
      const session = {
        tokenHash: randomBytes(32).toString('hex'),
        userId: user.id,
        createdMs: 1,
        expiresMs: 2,
      }
      assert.equal(await store().createUser(user, { onlyIfFirst: false, session }), 'created')
      assert.deepEqual(await store().session(session.tokenHash), session)
      const other = aUser()
      await assert.rejects(
        store().createUser(other, { onlyIfFirst: false, session: { ...session, userId: other.id } }),
      )
      assert.equal(await store().userById(other.id), undefined)
    })

    test('[ST-14] a service has a session without an account; it ends and is deleted like a person’s', async () => {
      const tokenHash = randomBytes(32).toString('hex')
      const session = { tokenHash, service: 'importer', createdMs: NOW_MS, expiresMs: NOW_MS + 1 }
      await store().createSession(session)
      assert.deepEqual(await store().session(tokenHash), session)
      await store().deleteExpiredSessions(NOW_MS + 1)
      assert.deepEqual(await store().session(tokenHash), session)
      await store().deleteExpiredSessions(NOW_MS + 2)
      assert.equal(await store().session(tokenHash), undefined)
    })

    test('[ST-11] the end of a session can be moved', async () => {
      const session = await aSession()
      await store().setSessionExpiry(session.tokenHash, NOW_MS + 5000)
      assert.deepEqual(await store().session(session.tokenHash), { ...session, expiresMs: NOW_MS + 5000 })
    })

    test('[ST-12] moving the end of a session that is gone, or deleting it again, does nothing', async () => {
      await store().setSessionExpiry('gone', NOW_MS)
      await store().deleteSession('gone')
      assert.equal(await store().session('gone'), undefined)
    })

    test('[ST-13] expired are the sessions whose life ended before the time that is named', async () => {
      const ended = await aSession(NOW_MS - 1)
      const ending = await aSession(NOW_MS)
      const living = await aSession(NOW_MS + 1)
      await store().deleteExpiredSessions(NOW_MS)
      assert.equal(await store().session(ended.tokenHash), undefined)
      assert.deepEqual(await store().session(ending.tokenHash), ending)
      assert.deepEqual(await store().session(living.tokenHash), living)
    })
  })
}
