import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

/** OWASP's leanest choice for argon2id: 7 MiB, five passes, one lane. Costs tens of milliseconds, off this thread. */
const parameters = { memory: 7168, passes: 5, parallelism: 1, tagLength: 32 } as const

/** The hash with everything needed to check it later: `$argon2id$v=19$m=…,t=…,p=…$salt$tag` (PHC string). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return encode(salt, await argon2id(password, salt, parameters))
}

/** A hash at the usual cost that no password has: checking against it takes the time of a real check. */
export const noPassword = encode(Buffer.alloc(16), Buffer.alloc(parameters.tagLength))

export async function passwordMatches(password: string, hash: string): Promise<boolean> {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash)
  if (!found) return false
  const [, memory, passes, parallelism, salt = '', tag = ''] = found
  const expected = Buffer.from(tag, 'base64')
  const actual = await argon2id(password, Buffer.from(salt, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  })
  return timingSafeEqual(actual, expected)
}

function argon2id(
  password: string,
  nonce: Buffer,
  cost: { memory: number; passes: number; parallelism: number; tagLength: number },
): Promise<Buffer> {
  // The same letters typed on another system must give the same bytes.
  return derive('argon2id', { message: password.normalize('NFC'), nonce, ...cost })
}

function encode(salt: Buffer, tag: Buffer): string {
  const { memory, passes, parallelism } = parameters
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
