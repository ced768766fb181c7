import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { canonicalJson, typesInDataArray } from '@tidegauge/model'
import {
  type Document,
  marked,
  type Vector,
  vectorsOf,
  withInheritedOrigins,
  withShortOrigin,
} from '@tidegauge/model/testing/vectors'
import { type Answer, type Person, startWorld, type World } from '../../testing/world.ts'

/** The recorded answers of the reference once more, through HTTP: status, faults, and what is read back. */
describe('recorded answers over HTTP', () => {
  let world: World
  let ada: Person
  let sets = 0
  before(async () => {
    world = await startWorld()
    ada = await world.person()
  })
  after(() => world[Symbol.asyncDispose]())

  for (const type of typesInDataArray) {
    test(`[UP-21] ${type}: every recorded request is answered and stored as the reference does`, async () => {
      const vectors = vectorsOf(type)
      for (const vector of vectors) await answersAsRecorded(vector)
      assert.ok(vectors.length > 50)
    })
  }

  async function answersAsRecorded(vector: Vector): Promise<void> {
    const { token, userId } = ada
    // `none`: some requests repeat an origin id.
    const set = await world.dataSet(ada, {
      client: { name: `vector-${++sets}` },
      deduplicator: { name: 'org.tidepool.deduplicator.none' },
    })
    const answer = await world.send('POST', `/v1/data_sets/${set}/data`, { token, body: vector.body })
    assert.equal(answer.status, vector.status, vector.name)
    if (vector.status === 400) assertFaults(answer, vector)
    const { json } = await world.send('GET', `/data/${userId}?uploadId=${set}&carelink=true`, { token })
    const stored: Document[] = json.filter(({ type }: Document) => type !== 'upload')
    for (const one of stored) assert.equal(one.uploadId, set, vector.name)
    const sent = JSON.stringify(vector.body)
    assert.deepEqual(
      comparable(
        stored.map(({ uploadId: _set, ...one }) => one),
        sent,
      ),
      comparable(withInheritedOrigins(vector.stored ?? []), sent),
      vector.name,
    )
  }

  test('[DS-53] every recorded creation of a data set is answered as the reference does, or as D5 says', async () => {
    let decided = 0
    for (const vector of vectorsOf('upload')) {
      const { token, userId } = await world.person()
      const answer = await world.send('POST', `/v1/users/${userId}/data_sets`, { token, body: vector.body })
      if (vector.status === 201 && answer.status === 400) {
        // D5: a deduplicator that nobody knows or that does not suit, which the reference lets in.
        const pointers = (answer.json.errors ?? [answer.json]).map(
          (error: { source: { pointer: string } }) => error.source.pointer,
        )
        for (const pointer of pointers)
          assert.match(pointer, /^\/(deduplicator\/name|deviceId)$/, vector.name)
        decided++
        continue
      }
      assert.equal(answer.status, vector.status, vector.name)
      if (vector.status === 400) assertFaults(answer, vector)
      else assert.deepEqual(fromClient(answer.json.data), fromClient(vector.stored?.[0] ?? {}), vector.name)
    }
    assert.ok(decided < 60, `D5 decided ${decided} of them`)
  })
})

/** The body of a 400 is the recorded faults; without any, the body that was sent was not of the right JSON kind. */
function assertFaults(answer: Answer, { errors = [], name }: Vector): void {
  if (errors.length === 0) assert.equal(answer.json.errors[0].code, 'json-malformed', name)
  else assert.deepEqual(answer.json, errors.length === 1 ? errors[0] : { errors }, name)
}

/** In any order; ids that a server makes are alike. */
function comparable(stored: readonly Document[], sent: string): string[] {
  const withoutMade = marked(stored.map(withShortOrigin), sent).map((one) =>
    canonicalJson(one).replace(/"made \d+"/g, '"made"'),
  )
  return withoutMade.sort()
}

const SERVER_OWNED = [
  'id',
  'uploadId',
  'byUser',
  'createdTime',
  'createdUserId',
  'modifiedTime',
  'modifiedUserId',
  'deletedTime',
  'deletedUserId',
  'deduplicator',
  '_deduplicator',
  'time',
]

function fromClient(dataSet: Document): Document {
  return JSON.parse(
    canonicalJson(Object.fromEntries(Object.entries(dataSet).filter(([key]) => !SERVER_OWNED.includes(key)))),
  )
}
