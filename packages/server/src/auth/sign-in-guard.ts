import { isIPv6 } from 'node:net'
import { Refused } from '../failure.ts'

/**
 * Slows down whoever guesses secrets. Only failures count, and only against the network they came from and the account
 * that they were meant for there: a stranger elsewhere cannot lock anybody out, and somebody who has signed in from a
 * network before is not held up by others who fail there.
 */
export interface SignInGuard {
  /**
   * Runs a check of a secret, unless too many have failed; `check` is costly and says whether the secret was right.
   * Checks wait for one another, a few of each network at a time.
   *
   * @throws {Refused} `too-many-attempts`, without having checked.
   */
  attempt(from: { address: string; account: string }, check: () => Promise<boolean>): Promise<boolean>
}

interface Failures {
  count: number
  lastMs: number
}

/** So many failures are nobody's fault: a forgotten password, a phone that still has the old one. */
const FREE_OF_ACCOUNT = 5
const FREE_OF_NETWORK = 20
const LONGEST_WAIT_MS = 60_000
const FORGOTTEN_AFTER_MS = 60 * 60_000
/** Memory is bounded whoever comes; the ones that were quiet longest are forgotten first. */
const REMEMBERED = 10_000
/** Each check takes tens of milliseconds of a processor and 7 MiB. */
const AT_A_TIME = 2
const WAITING_OF_NETWORK = 8

export function createSignInGuard(now: () => number): SignInGuard {
  const ofAccount = new Map<string, Failures>()
  const ofNetwork = new Map<string, Failures>()
  const known = new Map<string, true>()
  const turns = fairTurns()

  const waitMs = (failures: Failures | undefined, free: number): number => {
    if (!failures || failures.count < free) return 0
    const sinceMs = now() - failures.lastMs
    if (sinceMs >= FORGOTTEN_AFTER_MS) return 0
    return Math.min(1000 * 2 ** (failures.count - free), LONGEST_WAIT_MS) - sinceMs
  }
  const count = (failures: Map<string, Failures>, key: string) => {
    const before = failures.get(key)
    const isOld = !before || now() - before.lastMs >= FORGOTTEN_AFTER_MS
    remember(failures, key, { count: isOld ? 1 : before.count + 1, lastMs: now() })
  }

  return {
    async attempt({ address, account }, check) {
      const network = networkOf(address)
      const pair = JSON.stringify([network, account])
      const refuseTooMany = () => {
        const ofOthers = known.has(pair) ? 0 : waitMs(ofNetwork.get(network), FREE_OF_NETWORK)
        const ms = Math.max(waitMs(ofAccount.get(pair), FREE_OF_ACCOUNT), ofOthers)
        if (ms > 0) throw new Refused({ kind: 'too-many-attempts', retryAfterSeconds: Math.ceil(ms / 1000) })
      }
      refuseTooMany()
      return turns(known.has(pair) ? pair : network, async () => {
        // Others of this network may have failed while this one waited.
        refuseTooMany()
        const isRight = await check()
        if (isRight) {
          ofAccount.delete(pair)
          remember(known, pair, true)
        } else {
          count(ofAccount, pair)
          count(ofNetwork, network)
        }
        return isRight
      })
    },
  }
}

function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > REMEMBERED && !oldest.done) map.delete(oldest.value)
}

/** Who has one IPv6 address has all of its /64. */
function networkOf(address: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (v4 !== undefined || !isIPv6(address)) return v4 ?? address
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) while (groups.length < 4) groups.push('0')
  return groups.slice(0, 4).join(':')
}

/** Runs work a few pieces at a time, taking turns between those that it is done for. */
function fairTurns() {
  const queues = new Map<string, (() => void)[]>()
  let running = 0
  const next = () => {
    const [first] = queues
    if (!first) {
      running--
      return
    }
    const [key, queue] = first
    const start = queue.shift()
    queues.delete(key)
    if (queue.length > 0) queues.set(key, queue)
    start?.()
  }
  return async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    if (running >= AT_A_TIME) {
      const queue = queues.get(key) ?? []
      if (queue.length >= WAITING_OF_NETWORK)
        throw new Refused({ kind: 'too-many-attempts', retryAfterSeconds: 1 })
      queues.set(key, queue)
      await new Promise<void>((start) => queue.push(start))
    } else running++
    try {
      return await work()
    } finally {
      next()
    }
  }
}
