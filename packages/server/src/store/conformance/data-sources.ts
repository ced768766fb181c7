import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import type { DataSource, DataSourceChanges, DataSourceQuery, Store } from '../port.ts'
import { aUser, NOW_MS, sharedStore } from './examples.ts'

export function dataSourcesConform(open: () => Promise<Store>): void {
  describe('data sources', () => {
    const store = sharedStore(open)

    async function somebody(): Promise<string> {
      const user = aUser()
      await store().createUser(user, { onlyIfFirst: false })
      return user.id
    }

    async function aSource(userId: string, fields: Partial<DataSource> = {}): Promise<DataSource> {
      const source: DataSource = {
        id: randomBytes(16).toString('hex'),
        userId,
        providerType: 'oauth',
        providerName: 'acme',
        state: 'disconnected',
        createdMs: NOW_MS,
        revision: 0,
        ...fields,
      }
      assert.equal(await store().createDataSource(source), 'created')
      return source
    }
    const session = () => randomBytes(16).toString('hex')
    const update = (id: string, changes: DataSourceChanges, revision?: number) =>
      store().updateDataSource({
        id,
        nowMs: NOW_MS + 1,
        changes,
        ...(revision !== undefined && { revision }),
      })

    test('[ST-210] a source is found by id and by provider session, with all that it was given', async () => {
      const userId = await somebody()
      const full = await aSource(userId, {
        providerSessionId: session(),
        providerExternalId: 'x',
        state: 'error',
        metadata: JSON.parse('{"__proto__":1,"a":[null]}'),
        error: { code: 'broken', detail: 'ü\u0000' },
        dataSetId: 'd',
        earliestDataMs: -1,
        latestDataMs: 2,
        lastImportMs: 3,
        modifiedMs: 4,
        revision: 5,
      })
      for (const source of [await aSource(userId), full]) {
        assert.deepEqual(await store().dataSource(source.id), source)
      }
      assert.deepEqual(await store().dataSourceOfSession(full.providerSessionId ?? ''), full)
      assert.equal(await store().dataSource('unknown'), undefined)
      assert.equal(await store().dataSourceOfSession('unknown'), undefined)
      const orphan = { ...full, id: 'other', userId: 'nobody', providerSessionId: session() }
      assert.equal(await store().createDataSource(orphan), 'unknown-user')
    })

    test('[ST-211] the list has those of one user, newest first, narrowed and in pages', async () => {
      const userId = await somebody()
      const a = await aSource(userId, { createdMs: 1, providerExternalId: 'x' })
      const b = await aSource(userId, { createdMs: 3, providerName: 'brand', state: 'error' })
      const [d, c] = (
        await Promise.all(['c', 'd'].map((name) => aSource(userId, { id: userId + name, createdMs: 2 })))
      ).reverse()
      await aSource(await somebody())
      const listed = async (query: Partial<DataSourceQuery> = {}) =>
        (await store().listDataSources({ userId, offset: 0, limit: 100, ...query })).map(({ id }) => id)
      assert.deepEqual(await listed(), [b.id, d?.id, c?.id, a.id])
      assert.deepEqual(await listed({ offset: 1, limit: 2 }), [d?.id, c?.id])
      assert.deepEqual(await listed({ providerName: 'brand' }), [b.id])
      assert.deepEqual(await listed({ providerType: 'oauth', state: 'disconnected' }), [d?.id, c?.id, a.id])
      assert.deepEqual(await listed({ providerExternalId: 'x' }), [a.id])
      assert.deepEqual(await listed({ providerType: 'other' }), [])
      assert.deepEqual(await listed({ userId: 'nobody' }), [])
    })

    test('[ST-212] an update changes what it names, takes away what it says null of, and raises the revision', async () => {
      const source = await aSource(await somebody(), { error: { code: 'x' }, metadata: { a: 1 } })
      const providerSessionId = session()
      const changed = await update(source.id, {
        state: 'connected',
        providerSessionId,
        error: null,
        metadata: { b: null },
        earliestDataMs: 7,
      })
      const { error: _, ...rest } = source
      const expected = {
        ...rest,
        state: 'connected',
        providerSessionId,
        metadata: { b: null },
        earliestDataMs: 7,
        modifiedMs: NOW_MS + 1,
        revision: 1,
      }
      assert.deepEqual(changed, expected)
      assert.deepEqual(await store().dataSource(source.id), expected)
      assert.deepEqual(await update(source.id, {}), { ...expected, revision: 2 })
    })

    test('[ST-213] an update or removal of another revision, or of what is not there, does nothing', async () => {
      const source = await aSource(await somebody())
      assert.equal(await update('unknown', {}), 'not-found')
      assert.equal(await update(source.id, { state: 'error' }, 1), 'not-found')
      assert.equal(await store().deleteDataSource({ id: source.id, revision: 1 }), 'not-found')
      assert.deepEqual(await store().dataSource(source.id), source)
      assert.equal(typeof (await update(source.id, {}, 0)), 'object')
      assert.equal(await store().deleteDataSource({ id: source.id, revision: 1 }), 'deleted')
      assert.equal(await store().dataSource(source.id), undefined)
      assert.equal(await store().deleteDataSource({ id: source.id }), 'not-found')
    })

    test('[ST-214] a provider session belongs to one source, and one of a user and provider is not disconnected', async () => {
      const userId = await somebody()
      const providerSessionId = session()
      const [one, two] = [await aSource(userId), await aSource(userId)]
      const elsewhere = await aSource(await somebody())
      const brand = await aSource(userId, { providerName: 'brand' })
      const connected: DataSourceChanges = { state: 'connected', providerSessionId }
      assert.equal(typeof (await update(one.id, connected)), 'object')
      assert.equal(typeof (await update(one.id, connected)), 'object', 'again')
      assert.equal(await update(elsewhere.id, connected), 'session-taken')
      assert.equal(await update(two.id, { state: 'error' }), 'provider-taken')
      assert.deepEqual(await store().dataSource(two.id), two)
      assert.equal(typeof (await update(brand.id, { state: 'error' })), 'object')
      assert.equal(
        typeof (await update(one.id, { state: 'disconnected', providerSessionId: null })),
        'object',
      )
      assert.equal(typeof (await update(two.id, connected)), 'object')
    })

    test('[ST-215] all sources of a user go at once, and of nobody else', async () => {
      const [userId, other] = [await somebody(), await somebody()]
      await aSource(userId)
      await aSource(userId)
      const kept = await aSource(other)
      await store().deleteDataSources(userId)
      await store().deleteDataSources('nobody')
      const all = { offset: 0, limit: 100 }
      assert.deepEqual(await store().listDataSources({ userId, ...all }), [])
      assert.deepEqual(await store().listDataSources({ userId: other, ...all }), [kept])
    })

    test('[ST-216] of many updates of one revision at once, one is carried out', async () => {
      const source = await aSource(await somebody())
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, n) => update(source.id, { lastImportMs: n }, 0)),
      )
      assert.equal(results.filter((one) => typeof one === 'object').length, 1)
      assert.equal((await store().dataSource(source.id))?.revision, 1)
    })
  })
}
