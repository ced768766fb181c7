import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeConformance } from '../conformance.ts'
import { openSqliteStore } from './open.ts'

storeConformance('sqlite', async () =>
  openSqliteStore({ directory: await mkdtemp(join(tmpdir(), 'tidegauge-')) }),
)
