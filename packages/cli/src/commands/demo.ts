import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient } from '@tidegauge/client'
import { synthesize } from '@tidegauge/model/synth'
import { defineCommand } from '../command.ts'
import { exit, Failure } from '../failure.ts'
import { listenForInterrupt, whenAborted } from '../interrupt.ts'
import { startLocalServer } from '../local-server.ts'
import { builtWebDirectory } from '../web-page.ts'

interface Options {
  port?: string
  days: string
  open: boolean
}

const USERNAME = 'demo@example.org'
const CLIENT = { clientName: 'org.tidegauge.demo', clientVersion: '1.0.0' }
const LOOK_EVERY_MS = 5_000

export const demo = defineCommand<Options>({
  usage: 'demo',
  summary: 'show it with the data of a person who does not exist',
  more: 'Starts a server on a temporary file, with 90 days of a made-up person whose day goes on, and opens the page. Ctrl-C ends it, and nothing is left.',
  configure: (command) =>
    command
      .option('--port <n>', 'TCP port (default: a free one)')
      .option('--days <n>', 'how many days', '90')
      .option('--no-open', 'only print the address'),
  async run(terminal, { port = '0', days, open }) {
    using interrupt = listenForInterrupt(terminal.signals)
    const count = Number(days)
    if (!Number.isInteger(count) || count < 1 || count > 365)
      throw new Failure('It must be 1 to 365 days.', exit.usage)
    terminal.err.line('The page is being built…')
    const web = await builtWebDirectory()
    const { operate } = await import('@tidegauge/server')
    await using data = await temporaryDirectory()
    // Of this process alone: nothing that is set for a real server concerns the demonstration.
    const flags = { port, data: data.path, signup: 'closed', web }
    const server = await startLocalServer({ env: {}, flags, silent: true })
    try {
      const password = randomBytes(9).toString('base64url')
      await operate(data.path, 'addUser', { username: USERNAME, password })
      const client = createClient({
        baseUrl: server.url,
        credentials: async () => ({ username: USERNAME, password }),
      })
      terminal.err.line(`${count} days of somebody who does not exist are being made…`)
      const later = await fill(client, count)
      using _day = goOn(client, later)
      const key = Buffer.from(JSON.stringify({ username: USERNAME, password })).toString('base64url')
      const address = `${server.url}/#demo=${key}`
      terminal.out.line(`Tidegauge shows a made-up person at ${address}`)
      terminal.err.line('Ctrl-C ends it, and nothing is left.')
      if (open) openInBrowser(address, terminal.platform)
      await whenAborted(interrupt.stop)
    } finally {
      await server.close()
    }
    return exit.done
  },
})

/** Goes with what is in it. */
async function temporaryDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tidegauge-demo-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Everything up to now goes up; what of today is still to come is answered. */
async function fill(client: Client, days: number): Promise<object[]> {
  const timezone = Temporal.Now.timeZoneId()
  const start = Temporal.Now.plainDateISO().subtract({ days: days - 1 })
  const nowMs = Date.now()
  const records = [...synthesize({ seed: 1, start: start.toString(), days, timezone, units: 'mg/dL' })]
  const isPast = ({ time }: { time?: unknown }) => Date.parse(String(time)) <= nowMs
  const dataSet = await client.openDataSet(CLIENT)
  await client.upload(dataSet, records.filter(isPast))
  return records.filter((record) => !isPast(record))
}

/** The rest of the day comes when it is time. */
function goOn(client: Client, records: readonly object[]): Disposable {
  const rest = [...records] as { time?: unknown }[]
  const timer = setInterval(() => {
    const due = rest.findIndex(({ time }) => Date.parse(String(time)) > Date.now())
    const ready = rest.splice(0, due < 0 ? rest.length : due)
    if (ready.length === 0) return
    // A demonstration that misses a reading goes on.
    client
      .openDataSet(CLIENT)
      .then((dataSet) => client.upload(dataSet, ready))
      .catch(() => undefined)
  }, LOOK_EVERY_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function openInBrowser(address: string, platform: NodeJS.Platform): void {
  const [program, ...args] =
    platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open']
  const child = spawn(program as string, [...args, address], { stdio: 'ignore', detached: true })
  // Without a browser to open, the address stands there.
  child.on('error', () => undefined)
  child.unref()
}
