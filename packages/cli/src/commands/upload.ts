import { setFlagsFromString } from 'node:v8'
import { isTidegaugeError, type UploadResult } from '@tidegauge/client'
import { defineCommand, wholeNumber } from '../command.ts'
import { connect } from '../connect.ts'
import { describe, explain } from '../explain.ts'
import { type ExitCode, exit, Failure, isSystemError } from '../failure.ts'
import { type Interrupt, listenForInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { Inputs } from '../upload/inputs.ts'
import { count, progressBar, progressJson, progressLines } from '../upload/progress.ts'
import { UnreadableRecords } from '../upload/records.ts'
import { Refusals, refusalOf } from '../upload/refusals.ts'
import { Repeats } from '../upload/repeats.ts'
import { type ResumeOptions, resumeCommand } from '../upload/resume.ts'
import { NestedTooDeep, toSend } from '../upload/sendable.ts'
import { VERSION } from '../version.ts'

interface Options extends ResumeOptions {
  skip: number
}

const DEFAULT_CLIENT_NAME = 'org.tidegauge.cli'

export const upload = defineCommand<Options, [string[]]>({
  usage: 'upload',
  summary: 'send files of diabetes data',
  more:
    'Sending the same file again replaces and never doubles: a record without an origin gets one, ' +
    'made of its id or of what it says. Ctrl-C finishes the chunk in flight and says how to go on; ' +
    'a second one stops at once. Records that the server refuses are named at the end, and the ' +
    'exit code is 3.',
  configure: (command) =>
    command
      .argument(
        '<file...>',
        'a JSON array, or one JSON record on each line, gzipped or not; - is standard input',
      )
      .option(
        '--client-name <name>',
        `the program that the data set belongs to (default: ${DEFAULT_CLIENT_NAME})`,
      )
      .option('--data-set <id>', 'send to this data set, instead of finding or making one by --client-name')
      .option('--chunk-size <n>', 'records in one request (default: 1000)', wholeNumber(1, 100_000))
      .option(
        '--skip <n>',
        'pass over the first records: go on with an upload that was stopped',
        wholeNumber(0),
        0,
      )
      .option('--json', 'print what happens as one JSON object per line (events progress, refused, result)'),
  async run(terminal, options, files) {
    // An upload makes much garbage and keeps little: without this V8 lets the garbage pile up to 100 MiB.
    setFlagsFromString('--semi-space-growth-factor=1')
    let isSending = false
    using interrupt = listenForInterrupt(terminal.signals, () => {
      if (isSending) terminal.err.line('\nFinishing the chunk in flight. Ctrl-C again stops at once.')
    })
    try {
      const { client } = await connect(terminal)
      await using inputs = await Inputs.open(files, terminal.stdin, interrupt.stop)
      const { clientName = DEFAULT_CLIENT_NAME } = options
      const dataSet =
        options.dataSet ??
        (await client.openDataSet({ clientName, clientVersion: VERSION, signal: interrupt.stop }))
      isSending = true
      return await send({ terminal, options, files, inputs, interrupt }, client, dataSet)
    } catch (error) {
      if (isSending || !interrupt.stop.aborted) throw error
      throw new Failure('Stopped. Nothing was sent.', exit.stopped, { cause: error })
    }
  },
})

/** One run of the command. */
interface Run {
  terminal: Terminal
  options: Options
  files: readonly string[]
  inputs: Inputs
  interrupt: Interrupt
}

type Client = Awaited<ReturnType<typeof connect>>['client']

async function send(run: Run, client: Client, dataSet: Parameters<Client['upload']>[0]): Promise<ExitCode> {
  const { terminal, options, files, inputs, interrupt } = run
  const refusals = new Refusals(files.length > 1)
  const repeats = new Repeats()
  const progress = options.json
    ? progressJson(terminal.out)
    : terminal.err.isTerminal
      ? progressBar(terminal.err)
      : progressLines(terminal.err)
  const report = (result: UploadResult, failed: boolean) => {
    progress.end()
    const dataSetId = typeof dataSet === 'string' ? dataSet : dataSet.id
    return conclude(run, { ...result, failed, dataSetId, repeated: repeats.count }, refusals)
  }
  try {
    const result = await client.upload(dataSet, recordsToSend(inputs, repeats), {
      chunkSize: options.chunkSize,
      skip: options.skip,
      signal: interrupt.stop,
      abort: interrupt.abort,
      onProgress: ({ sent, refused, settled, retrying }) =>
        progress.update({ sent, refused, settled, retrying, fraction: inputs.fraction(settled) }),
      onRefused: (refused, record) => {
        const refusal = refusalOf(refused, record, inputs.locate(refused.index))
        refusals.add(refusal)
        progress.refused(refusal)
      },
    })
    return report(result, false)
  } catch (error) {
    if (!isTidegaugeError(error) || !error.upload) throw error
    const { code, message } = explain(sourceFailure(error, inputs) ?? error)
    // Before the account of what was stored, which ends with what to do.
    progress.end()
    if (message !== undefined) terminal.err.line(message)
    report(error.upload, true)
    return code
  }
}

/** The records of the files in the form in which they are sent. */
async function* recordsToSend(inputs: Inputs, repeats: Repeats): AsyncGenerator<object> {
  for await (const record of inputs.records()) {
    const sent = toSend(record)
    const id = originIdOf(sent)
    if (id !== undefined) repeats.add(id)
    // What is no object is refused by the SDK, which keeps its place.
    yield sent as object
  }
}

function originIdOf(record: unknown): string | undefined {
  const { origin } = (record ?? {}) as { origin?: { id?: unknown } }
  return typeof origin?.id === 'string' ? origin.id : undefined
}

/** What is wrong with the input, where that was what ended the upload. */
function sourceFailure(error: unknown, inputs: Inputs): Failure | undefined {
  if (!isTidegaugeError(error, 'source-failed')) return undefined
  const { cause } = error
  const file = inputs.current === '-' ? 'Standard input' : inputs.current
  if (cause instanceof UnreadableRecords) {
    const format = 'A file holds a JSON array, or one JSON record on each line.'
    return new Failure(`${file} cannot be read on: ${cause.message}. ${format}`, exit.failed, { cause })
  }
  if (cause instanceof NestedTooDeep) {
    const where = inputs.locate(inputs.recordsRead - 1).index
    return new Failure(`${file}: the record at index ${where} is nested too deep.`, exit.failed, { cause })
  }
  if (isSystemError(cause))
    return new Failure(`${file} cannot be read on: ${describe(cause)}.`, exit.failed, { cause })
  throw cause
}

/** What an upload came to. */
interface Outcome extends UploadResult {
  failed: boolean
  dataSetId: string
  repeated: number
}

/** Says it, and with which code to end. */
function conclude({ terminal, options, files }: Run, outcome: Outcome, refusals: Refusals): ExitCode {
  const { sent, refused, settled, failed, stopped, dataSetId, repeated } = outcome
  const resume = failed || stopped ? resumeCommand(settled, files, options, terminal.env) : undefined
  const word = failed ? 'failed' : stopped ? 'stopped' : refused > 0 ? 'partly' : 'done'
  if (options.json) {
    terminal.out.line(
      JSON.stringify({ event: 'result', outcome: word, dataSetId, sent, refused, settled, repeated, resume }),
    )
  } else {
    if (refused > 0) {
      terminal.err.line(`The server refused ${records(refused)}:`)
      refusals.print(terminal.err)
    }
    if (repeated > 0) {
      terminal.err.line(`${records(repeated)} repeated the id of an earlier one: the last of each counts.`)
    }
    terminal.out.line(
      `Stored ${records(sent)} in data set ${dataSetId}${refused > 0 ? `, refused ${count(refused)}` : ''}.`,
    )
  }
  if (resume !== undefined) {
    const same = files.includes('-') ? ' (with the same data on standard input)' : ''
    terminal.err.line(`The first ${records(settled)} are done with. To go on${same}:\n  ${resume}`)
  }
  return word === 'stopped' ? exit.stopped : word === 'partly' ? exit.partly : exit.done
}

function records(n: number): string {
  return `${count(n)} ${n === 1 ? 'record' : 'records'}`
}
