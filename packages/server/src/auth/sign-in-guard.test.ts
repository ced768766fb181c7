import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Refused } from '../failure.ts'
import { createSignInGuard } from './sign-in-guard.ts'

const HOME = '203.0.113.7'
const ELSEWHERE = '198.51.100.1'

/** A guard with a clock, and how each attempt ends: `right`, `wrong`, or the seconds to wait. */
function guarded() {
  let nowMs = 0
  let checks = 0
  const guard = createSignInGuard(() => nowMs)
  const attempt = async (
    address: string,
    account: string,
    isRight: boolean,
  ): Promise<'right' | 'wrong' | number> => {
    try {
      const check = async () => {
        checks++
        await sleep(0)
        return isRight
      }
      return (await guard.attempt({ address, account }, check)) ? 'right' : 'wrong'
    } catch (error) {
      if (error instanceof Refused && error.failure.kind === 'too-many-attempts') {
        return error.failure.retryAfterSeconds
      }
      throw error
    }
  }
  const fail = async (times: number, address: string, account: string) => {
    for (let i = 0; i < times; i++) await attempt(address, account, false)
  }
  return {
    attempt,
    fail,
    pass: (ms: number) => {
      nowMs += ms
    },
    get checks() {
      return checks
    },
  }
}

describe('the guard of secrets', () => {
  test('[AU-60] five wrong ones are free; then one waits, ever longer, a minute at the most', async () => {
    const { attempt, fail, pass } = guarded()
    await fail(5, HOME, 'ada')
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      const wait = await attempt(HOME, 'ada', true)
      assert.ok(typeof wait === 'number', 'a right one is not looked at either')
      waits.push(wait)
      pass(wait * 1000)
      assert.equal(await attempt(HOME, 'ada', false), 'wrong')
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60])
  })

  test('[AU-60] a right one ends the waiting, and so does an hour', async () => {
    const { attempt, fail, pass } = guarded()
    await fail(5, HOME, 'ada')
    pass(1000)
    assert.equal(await attempt(HOME, 'ada', true), 'right')
    await fail(5, HOME, 'ada')
    assert.equal(await attempt(HOME, 'ada', true), 1)
    pass(60 * 60_000)
    assert.equal(await attempt(HOME, 'ada', true), 'right')
  })

  test('[AU-61] nobody is locked out of an account by who fails elsewhere', async () => {
    const { attempt, fail } = guarded()
    await fail(1000, ELSEWHERE, 'ada')
    assert.equal(typeof (await attempt(ELSEWHERE, 'ada', true)), 'number')
    assert.equal(await attempt(HOME, 'ada', true), 'right')
  })

  test('[AU-61] who fails with many accounts from one network is held up, but not who has signed in from there', async () => {
    const { attempt, fail } = guarded()
    assert.equal(await attempt(HOME, 'ada', true), 'right')
    for (let i = 0; i < 20; i++) await fail(1, HOME, `guess${i}`)
    assert.equal(typeof (await attempt(HOME, 'bo', true)), 'number')
    assert.equal(await attempt(HOME, 'ada', true), 'right')
  })

  test('[AU-61] an IPv6 network is a /64; a mapped IPv4 address is that address', async () => {
    const { attempt, fail } = guarded()
    await fail(5, '2001:db8:1:2::1', 'ada')
    assert.equal(typeof (await attempt('2001:db8:1:2:ffff::9', 'ada', true)), 'number')
    assert.equal(await attempt('2001:db8:1:3::1', 'ada', true), 'right')
    await fail(5, '::ffff:203.0.113.7', 'bo')
    assert.equal(typeof (await attempt('203.0.113.7', 'bo', true)), 'number')
  })

  test('[AU-62] of 10,000 wrong ones at once few are looked at, and others have their turn', async () => {
    const world = guarded()
    const flood = Array.from({ length: 10_000 }, (_, i) => world.attempt(ELSEWHERE, `guess${i}`, false))
    const owner = world.attempt(HOME, 'ada', true)
    assert.equal(await owner, 'right')
    assert.ok(world.checks < 15, `${world.checks} were looked at before the owner's`)
    await Promise.all(flood)
    assert.ok(world.checks < 30, `${world.checks} were looked at`)
  })
})
