import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * The work that cannot be avoided, in this process: parse each body and upsert its records by origin, one durable
 * transaction a chunk (WAL, synchronous=FULL), with the two indexes that reading and replacing need.
 */
export interface Floor extends AsyncDisposable {
  /** Seconds for all bodies. */
  ingest(bodies: readonly Buffer[]): number
  /** Seconds to pass the stored text of a span through as one JSON array; and how many bytes it was. */
  passThrough(fromMs: number, toMs: number): { seconds: number; bytes: number }
}

export async function openFloor(): Promise<Floor> {
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-floor-'))
  const db = new DatabaseSync(join(directory, 'floor.db'))
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -65536;
    CREATE TABLE data (
      pk INTEGER PRIMARY KEY, data_set INTEGER NOT NULL, origin BLOB NOT NULL,
      user INTEGER NOT NULL, type INTEGER NOT NULL, time_ms INTEGER NOT NULL, body TEXT NOT NULL
    );
    CREATE UNIQUE INDEX data_origin ON data (data_set, origin);
    CREATE INDEX data_time ON data (user, type, time_ms);
  `)
  const upsert = db.prepare(`
    INSERT INTO data (data_set, origin, user, type, time_ms, body) VALUES (1, ?, 1, 1, ?, ?)
    ON CONFLICT (data_set, origin) DO UPDATE SET time_ms = excluded.time_ms, body = excluded.body`)
  const span = db.prepare(
    'SELECT body FROM data WHERE user = 1 AND type = 1 AND time_ms BETWEEN ? AND ? ORDER BY time_ms',
  )
  span.setReturnArrays(true)
  return {
    ingest(bodies) {
      const started = performance.now()
      for (const body of bodies) {
        db.exec('BEGIN IMMEDIATE')
        for (const record of JSON.parse(body.toString())) {
          const origin = Buffer.from(record.origin.id.replaceAll('-', ''), 'hex')
          upsert.run(origin, Date.parse(record.time), JSON.stringify(record))
        }
        db.exec('COMMIT')
      }
      return (performance.now() - started) / 1000
    },
    passThrough(fromMs, toMs) {
      const started = performance.now()
      let bytes = 0
      let part = '[\n'
      for (const [body] of span.iterate(fromMs, toMs) as Iterable<unknown> as Iterable<[string]>) {
        part += `${body},\n`
        if (part.length > 65_536) {
          bytes += Buffer.from(part).length
          part = ''
        }
      }
      bytes += Buffer.from(`${part}]\n`).length
      return { seconds: (performance.now() - started) / 1000, bytes }
    },
    async [Symbol.asyncDispose]() {
      db.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
