import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { Refused } from '../failure.ts'
import type { InTurn } from '../in-turn.ts'

export interface BodyLimits {
  /** Before and after decompression. */
  bodyBytes: number
  /** From the first look at the body to its last byte. */
  bodyTimeoutMs: number
}

/**
 * The whole body of a request, decompressed; refuses one that is too large or too slow.
 *
 * @param inTurn Few bodies are decompressed at a time, so that many that grow large do not fill the memory together.
 */
export async function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  inTurn: InTurn,
): Promise<Buffer> {
  const decode = decoderOf(request)
  const raw = await receive(request, limits)
  if (!decode) return raw
  try {
    return await inTurn(() => decode(raw, { maxOutputLength: limits.bodyBytes }))
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limits)
    if (codeOf(error).startsWith('Z_')) throw new Refused({ kind: 'json-malformed' }, { cause: error })
    throw error
  }
}

function decoderOf(request: IncomingMessage) {
  switch (request.headers['content-encoding']?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return promisify(gunzip)
    case 'deflate':
      return promisify(inflate)
    default:
      throw new Refused({ kind: 'encoding-not-supported' })
  }
}

/**
 * What comes after the limit is read and thrown away (up to as much again), because many clients look at an
 * answer only after they have sent everything.
 */
function receive(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  if (request.destroyed) return Promise.reject(new BodyCutShort())
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let kept: Buffer[] = []
  let bytes = 0
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= limits.bodyBytes) kept.push(chunk)
    else {
      kept = []
      if (bytes > 2 * limits.bodyBytes) refuse(tooLarge(limits))
    }
  }
  const onEnd = () => {
    if (bytes > limits.bodyBytes) return refuse(tooLarge(limits))
    stop()
    resolve(Buffer.concat(kept, bytes))
  }
  const onClose = () => refuse(new BodyCutShort())
  const refuse = (error: Error) => {
    stop()
    reject(error)
  }
  const timer = setTimeout(
    () => refuse(new Refused({ kind: 'too-slow', limitMs: limits.bodyTimeoutMs })),
    limits.bodyTimeoutMs,
  )
  const stop = () => {
    clearTimeout(timer)
    request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
  }
  request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  return promise
}

/** The connection ended inside the body: there is nobody left to answer. */
export class BodyCutShort extends Error {}

function tooLarge(limits: BodyLimits): Refused {
  return new Refused({ kind: 'too-large', what: 'body bytes', limit: limits.bodyBytes })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
