import type { StoreUnavailable } from '../port.ts'

type Unavailable = StoreUnavailable['reason']

const FULL = 13
/** What SQLite answers when the file or its surroundings, not the statement, are at fault. */
const environmental: ReadonlyMap<number, Unavailable> = new Map([
  [3, 'read-only'], // PERM
  [5, 'io'], // BUSY: something outside this process holds the file for longer than we wait
  [7, 'io'], // NOMEM
  [8, 'read-only'], // READONLY
  [10, 'io'], // IOERR
  [11, 'io'], // CORRUPT
  [FULL, 'full'],
  [14, 'io'], // CANTOPEN
  [26, 'io'], // NOTADB
])

const systemCodes: ReadonlyMap<unknown, Unavailable> = new Map([
  ['EACCES', 'read-only'],
  ['EPERM', 'read-only'],
  ['EROFS', 'read-only'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
])

/** SQLite's primary result code (https://sqlite.org/rescode.html); undefined if SQLite did not throw this. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return error.errcode & 0xff
}

/** Why the file cannot be written, if that is what the error says; undefined for a fault of ours. */
export function unavailability(error: unknown): Unavailable | undefined {
  const code = sqliteCode(error)
  if (code !== undefined) return environmental.get(code)
  if (error instanceof Error && 'code' in error) return systemCodes.get(error.code)
  return undefined
}
