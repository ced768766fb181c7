import { type Client, isTidegaugeError, type UploadResult } from '@tidegauge/client'
import { defineCommand, wholeNumber } from '../command.ts'
import { connect } from '../connect.ts'
import { explain } from '../explain.ts'
import { type ExitCode, exit, Failure } from '../failure.ts'
import { type Interrupt, listenForInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { conclude } from '../upload/conclusion.ts'
import { Inputs } from '../upload/inputs.ts'
import { preparing, sourceFailure } from '../upload/preparing.ts'
import { progressBar, progressJson, progressLines } from '../upload/progress.ts'
import { Refusals, refusalOf } from '../upload/refusals.ts'
import { Repeats } from '../upload/repeats.ts'
import { Restored } from '../upload/restored.ts'
import type { ResumeOptions } from '../upload/resume.ts'
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
    'made of its id or of what it says. What a server gave can be sent as it is: records that it split ' +
    'are put together, and each goes to a data set like its own. Ctrl-C finishes the chunk in flight and says how to go on; ' +
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
      .option('--data-set <id>', 'send everything to this data set, instead of finding or making any')
      .option('--chunk-size <n>', 'records in one request (default: 1000)', wholeNumber(1, 100_000))
      .option(
        '--skip <n>',
        'pass over the first records: go on with an upload that was stopped',
        wholeNumber(0),
        0,
      )
      .option('--json', 'print what happens as one JSON object per line (events progress, refused, result)'),
  async run(terminal, options, files) {
    let isSending = false
    using interrupt = listenForInterrupt(terminal.signals, () => {
      const { err } = terminal
      const past = err.isTerminal ? '\n' : '' // the progress bar
      if (isSending) err.line(`${past}Finishing the chunk in flight. Ctrl-C again stops at once.`)
    })
    try {
      const { client } = await connect(terminal, {}) // with all the SDK's patience: an upload survives a restart of the server
      await using inputs = await Inputs.open(files, terminal.stdin, interrupt.stop)
      const onSending = () => {
        isSending = true
      }
      return await send({ terminal, options, files, inputs, interrupt, onSending }, client)
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
  /** Called when something is about to be sent. */
  onSending: () => void
}

async function send(run: Run, client: Client): Promise<ExitCode> {
  const { terminal, options, files, inputs, interrupt, onSending } = run
  const { clientName = DEFAULT_CLIENT_NAME } = options
  const refusals = new Refusals(files.length > 1)
  const repeats = new Repeats()
  const restored = new Restored()
  const progress = options.json
    ? progressJson(terminal.out)
    : terminal.err.isTerminal
      ? progressBar(terminal.err)
      : progressLines(terminal.err)
  const end = (result: UploadResult, failed: boolean) =>
    conclude(terminal, files, options, { ...result, failed, repeated: repeats.count }, refusals, restored)
  try {
    const result = await client.restore(inputs, {
      dataSet: options.dataSet,
      open: { clientName, clientVersion: VERSION },
      prepare: preparing(repeats),
      chunkSize: options.chunkSize,
      skip: options.skip,
      signal: interrupt.stop,
      abort: interrupt.abort,
      onPrepared: (prepared) => {
        onSending()
        restored.prepare(prepared)
        for (const { index, ...dataSet } of prepared.dataSets)
          progress.dataSet({ ...inputs.locate(index), ...dataSet })
      },
      onProgress: ({ sent, refused, settled, receipt, retrying }) =>
        progress.update({ sent, refused, settled, receipt, retrying, fraction: inputs.fraction(settled) }),
      onRefused: (refused, record) => {
        const refusal = refusalOf(refused, record, inputs.locate(refused.index))
        refusals.add(refusal)
        progress.refused(refusal)
      },
      onUnlinked: ({ index, ...unlinked }) => {
        restored.unlink({ index, ...unlinked })
        progress.unlinked({ ...inputs.locate(index), ...unlinked })
      },
      onKept: () => {
        restored.kept++
      },
    })
    progress.end()
    return end(result, false)
  } catch (error) {
    if (!isTidegaugeError(error) || !error.upload) throw error
    progress.end()
    if (error.kind === 'aborted') return end({ ...error.upload, stopped: true }, false)
    const { message } = explain(sourceFailure(error, inputs) ?? error, terminal.env)
    if (message !== undefined) terminal.err.line(message)
    return end(error.upload, true)
  }
}
