import type { UploadResult } from '@tidegauge/client'
import { type ExitCode, exit } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { count } from './progress.ts'
import type { Refusals } from './refusals.ts'
import { type ResumeOptions, resumeCommand } from './resume.ts'

/** What an upload came to. */
export interface Outcome extends UploadResult {
  /** Whether it was ended by something that went wrong, which has been told. */
  failed: boolean
  dataSetId: string
  /** Records with the origin id of an earlier one. */
  repeated: number
}

/** Says it, and with which code to end. */
export function conclude(
  terminal: Terminal,
  files: readonly string[],
  options: ResumeOptions,
  outcome: Outcome,
  refusals: Refusals,
): ExitCode {
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
  return { failed: exit.failed, stopped: exit.stopped, partly: exit.partly, done: exit.done }[word]
}

function records(n: number): string {
  return `${count(n)} ${n === 1 ? 'record' : 'records'}`
}
