import { X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Server } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { Logger } from '../log.ts'

export interface TlsFiles {
  /** PEM: the certificate and its chain. */
  cert: string
  /** PEM. */
  key: string
}

/** Why a certificate cannot be used; the message names the file. */
export class TlsError extends Error {}

export interface TlsPair {
  cert: string
  key: string
}

/** Reads certificate and key, and sees whether they belong together. Throws {@link TlsError}. */
export function readTls({ cert, key }: TlsFiles): TlsPair {
  const pair = { cert: textOf(cert), key: textOf(key) }
  try {
    createSecureContext(pair)
  } catch (cause) {
    throw new TlsError(`${cert} and ${key} are not a certificate and its key, as PEM`, { cause })
  }
  return pair
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new TlsError(`${file} cannot be read`, { cause })
  }
}

const RECHECK_MS = 60_000

/** Takes renewed files without a restart; those that do not fit are left, with a word in the log. */
export function followTls(server: Server, files: TlsFiles, log: Logger, recheckMs = RECHECK_MS): () => void {
  warnOfEnd(readTls(files), log)
  const renew = () => {
    try {
      const pair = readTls(files)
      server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' })
      warnOfEnd(pair, log)
      log.info('the certificate was renewed')
    } catch (error) {
      log.error({ err: error }, 'the new certificate cannot be used; the one before stays')
    }
  }
  let seen = stateOf(files)
  const timer = setInterval(() => {
    const state = stateOf(files)
    if (state === seen) return
    seen = state
    renew()
  }, recheckMs).unref()
  return () => clearInterval(timer)
}

function stateOf({ cert, key }: TlsFiles): string {
  return [cert, key].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 'gone').join(' ')
}

const SOON_MS = 14 * 86_400_000

function warnOfEnd({ cert }: TlsPair, log: Logger): void {
  const validTo = new X509Certificate(cert).validToDate
  if (validTo.getTime() - Date.now() < SOON_MS) {
    log.warn({ validTo: validTo.toISOString() }, 'the certificate ends soon, or has ended')
  }
}
