import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import {
  isTidegaugeError,
  type ParkedRecord,
  type Quarantine,
  type QuarantineSettings,
} from '@tidegauge/client'
import type { Command } from 'commander'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { type ExitCode, exit, Failure } from '../failure.ts'
import { printTable } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'

interface Options {
  json?: boolean
}

const withId = (command: Command) =>
  command.argument('<id>', 'as the list has it').option('--json', 'print a JSON object')

export const listParked = defineCommand<Options>({
  usage: 'list',
  isDefault: true,
  summary: 'list the records in quarantine and what is wrong with them, without their values',
  configure: (command) => command.option('--json', 'print one JSON object per line'),
  async run(terminal, { json }) {
    const { quarantine } = (await connect(terminal)).client
    const rows: string[][] = []
    for await (const record of quarantine.list()) {
      if (json) await terminal.out.pour(`${JSON.stringify(withoutValues(record))}\n`)
      else rows.push(row(record))
    }
    if (json) return undefined
    if (rows.length > 0) printTable(terminal.out, ['id', 'data set', 'received', 'type', 'problems'], rows)
    else terminal.err.line(`Nothing is in quarantine. ${sentence(await quarantine.settings())}`)
    return undefined
  },
})

export const showParked = defineCommand<Options & { record?: boolean }, [string]>({
  usage: 'show',
  summary: 'show a record in quarantine with its values, as JSON',
  more: 'To correct one: quarantine show ID --record > FILE, edit the file, quarantine correct ID FILE.',
  configure: (command) =>
    withId(command).option('--record', 'the record alone, as it was sent: for a file to correct it in'),
  async run(terminal, { json, record }, id) {
    const { quarantine } = (await connect(terminal)).client
    const parked = await known(quarantine.get(id))
    await terminal.out.pour(`${JSON.stringify(record ? parked.record : parked, null, json ? 0 : 2)}\n`)
    return undefined
  },
})

export const correctParked = defineCommand<Options, [string, string]>({
  usage: 'correct',
  summary: 'store a corrected record in the place of one in quarantine',
  configure: (command) =>
    withId(command).argument('<file>', 'the corrected record, a JSON object; - is standard input'),
  async run(terminal, options, id, file) {
    const record = await readRecord(terminal, file)
    return await settle(terminal, options, id, (quarantine) => quarantine.correct(id, record))
  },
})

export const resubmitParked = defineCommand<Options, [string]>({
  usage: 'resubmit',
  summary: 'try a record in quarantine again as it was sent: the server may have learned since',
  configure: withId,
  run: (terminal, options, id) => settle(terminal, options, id, (quarantine) => quarantine.resubmit(id)),
})

export const dropParked = defineCommand<Options, [string]>({
  usage: 'drop',
  summary: 'drop a record in quarantine for good',
  configure: withId,
  async run(terminal, { json }, id) {
    const { quarantine } = (await connect(terminal)).client
    await known(quarantine.drop(id))
    terminal.out.line(json ? JSON.stringify({ id, outcome: 'dropped' }) : `Dropped ${printable(id)}.`)
    return undefined
  },
})

interface SwitchOptions extends Options {
  clientName?: string
}

const withClientName = (command: Command) =>
  command
    .option('--client-name <name>', 'for the uploads of this program alone')
    .option('--json', 'print the settings as a JSON object')

export const quarantineOn = defineCommand<SwitchOptions>({
  usage: 'on',
  summary: 'keep faulty records of uploads aside from now on, and store the good ones',
  configure: withClientName,
  run: (terminal, options) =>
    change(terminal, options, ({ enabled, clientNames }, name) =>
      name === undefined
        ? { enabled: true, clientNames }
        : { enabled, clientNames: [...new Set([...clientNames, name])] },
    ),
})

export const quarantineOff = defineCommand<SwitchOptions>({
  usage: 'off',
  summary: 'refuse uploads with faulty records from now on; what is in quarantine stays there',
  configure: withClientName,
  run: (terminal, options) =>
    change(terminal, options, ({ enabled, clientNames }, name) =>
      name === undefined
        ? { enabled: false, clientNames: [] }
        : { enabled, clientNames: clientNames.filter((one) => one !== name) },
    ),
})

async function change(
  terminal: Terminal,
  { clientName, json }: SwitchOptions,
  to: (before: QuarantineSettings, clientName: string | undefined) => QuarantineSettings,
): Promise<undefined> {
  const { quarantine } = (await connect(terminal)).client
  const settings = await quarantine.change(to(await quarantine.settings(), clientName))
  terminal.out.line(json ? JSON.stringify(settings) : sentence(settings))
}

/** Stores a record in the place of the parked one, or says what is still wrong with it. */
async function settle(
  terminal: Terminal,
  { json }: Options,
  id: string,
  store: (quarantine: Quarantine) => Promise<void>,
): Promise<ExitCode | undefined> {
  const { quarantine } = (await connect(terminal)).client
  try {
    await known(store(quarantine))
  } catch (error) {
    if (!isTidegaugeError(error, 'invalid') || error.problems.length === 0) throw error
    const problems = error.problems.map(({ code, pointer }) => ({ code, pointer }))
    if (json) terminal.out.line(JSON.stringify({ id, outcome: 'refused', problems }))
    else terminal.err.line(`The record is still faulty, and stays in quarantine: ${reasons(problems)}.`)
    return exit.failed
  }
  terminal.out.line(
    json ? JSON.stringify({ id, outcome: 'stored' }) : `Stored; ${printable(id)} is out of quarantine.`,
  )
  return undefined
}

async function readRecord({ stdin }: Terminal, file: string): Promise<object> {
  const content = file === '-' ? await text(stdin) : await readFile(file, 'utf8')
  const name = file === '-' ? 'Standard input' : file
  let record: unknown
  try {
    record = JSON.parse(content)
  } catch {
    // The parser's own message quotes the text.
    throw new Failure(`${name} is not JSON. Nothing was changed.`)
  }
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) return record
  throw new Failure(`${name} holds no record: it must be one JSON object. Nothing was changed.`)
}

async function known<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (!isTidegaugeError(error, 'not-found')) throw error
    throw new Failure('There is no such record in quarantine. See: tidegauge quarantine list', exit.failed, {
      cause: error,
    })
  }
}

function sentence({ enabled, clientNames }: QuarantineSettings): string {
  if (enabled) return 'Quarantine is on for all uploads.'
  if (clientNames.length === 0) return 'Quarantine is off: an upload with a faulty record is refused.'
  return `Quarantine is on for uploads of ${clientNames.map((name) => printable(name)).join(', ')}.`
}

function row(record: ParkedRecord): string[] {
  const { id, dataSetId, receivedTime, problems } = record
  return [id, dataSetId, receivedTime.slice(0, 16).replace('T', ' '), typeOf(record), reasons(problems)]
}

function typeOf({ problems }: ParkedRecord): string {
  return problems[0]?.meta?.type ?? ''
}

function reasons(problems: readonly { code: string; pointer: string }[]): string {
  return problems.map(({ code, pointer }) => printable(`${code} at ${pointer || '/'}`)).join(', ')
}

/** A problem's words may name a value, and so may an origin id. */
function withoutValues(record: ParkedRecord) {
  const { id, dataSetId, index, receivedTime, problems } = record
  return {
    id,
    dataSetId,
    index,
    receivedTime,
    type: typeOf(record) || undefined,
    problems: problems.map(({ code, pointer }) => ({ code, pointer })),
  }
}
