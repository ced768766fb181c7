import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { remembering } from './remembering.ts'

/** Counts how often each answer is made. */
function counted(limits: { mostBytes: number; forMs: number }) {
  const remember = remembering(limits)
  const made: string[] = []
  const ask = (userId: string, changeSequence: number, what: string, answer = 'short') =>
    remember({ userId, changeSequence, dependsOn: [what] }, async () => {
      made.push(`${userId} ${changeSequence} ${what}`)
      return answer
    })
  return { ask, made }
}

describe('remembered answers', () => {
  test('[NU-12] what is asked again is not made again, until the data change', async () => {
    const { ask, made } = counted({ mostBytes: 1000, forMs: 60_000 })
    await Promise.all([ask('a', 1, 'stats'), ask('a', 1, 'stats')])
    await ask('a', 1, 'agp')
    await ask('a', 2, 'stats')
    await ask('a', 2, 'stats')
    // Nothing of before the change is there any more.
    await ask('a', 1, 'agp')
    assert.deepEqual(made, ['a 1 stats', 'a 1 agp', 'a 2 stats', 'a 1 agp'])
  })

  test('[NU-12] too much of it: who was not asked about for the longest time is forgotten', async () => {
    const { ask, made } = counted({ mostBytes: 250, forMs: 60_000 })
    const long = 'x'.repeat(98)
    for (const user of ['a', 'b', 'a', 'c']) await ask(user, 1, 'stats', long)
    made.length = 0
    for (const user of ['c', 'a', 'b']) await ask(user, 1, 'stats', long)
    assert.deepEqual(made, ['b 1 stats'])
    // One that is too long by itself is not kept, and pushes nobody out for longer than it takes.
    await ask('d', 1, 'stats', 'x'.repeat(1000))
    await ask('d', 1, 'stats', 'x'.repeat(1000))
    await ask('e', 1, 'stats', long)
    made.length = 0
    await ask('e', 1, 'stats', long)
    assert.deepEqual(made, [])
  })

  test('[NU-12] nobody asks: it is forgotten after a while', async () => {
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const { ask, made } = counted({ mostBytes: 1000, forMs: 60_000 })
      await ask('a', 1, 'stats')
      mock.timers.tick(59_000)
      await ask('a', 1, 'stats')
      assert.equal(made.length, 1)
      mock.timers.tick(61_000)
      await ask('a', 1, 'stats')
      assert.equal(made.length, 2)
    } finally {
      mock.timers.reset()
    }
  })

  test('[NU-12] a failure is not kept', async () => {
    const remember = remembering({ mostBytes: 1000, forMs: 60_000 })
    const question = { userId: 'a', changeSequence: 1, dependsOn: [] }
    await assert.rejects(remember(question, () => Promise.reject(new Error('no'))))
    assert.equal(await remember(question, async () => 'yes'), 'yes')
  })
})
