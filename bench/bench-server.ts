import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient } from '@tidegauge/client'
import type { Target } from './load.ts'

export interface BenchServer extends Target, AsyncDisposable {
  userId: string
  dataSetId: string
}

/** A fresh server process with one account and one continuous data set. */
export async function benchServer({ store }: { store: boolean }): Promise<BenchServer> {
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-bench-'))
  const script = join(import.meta.dirname, 'server.ts')
  const child = spawn(
    process.execPath,
    [...productFlags(), script, directory, ...(store ? [] : ['no-store'])],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const ended = once(child, 'close')
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const url = String(line)
  const tide = createClient({ baseUrl: url })
  const { token, userId } = await tide.signUp({ username: 'bench@example.org', password: 'correct:horse' })
  const { id } = await tide.createDataSet({ clientName: 'org.example.bench', clientVersion: '1.0.0' })
  return {
    url,
    token,
    userId,
    dataSetId: id,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The flags that the product runs with, from the first line of its program. */
function productFlags(): string[] {
  const program = readFileSync(join(import.meta.dirname, '../packages/cli/bin/tidegauge.js'), 'utf8')
  return program.split('\n', 1)[0]?.match(/--\S+/g) ?? []
}
