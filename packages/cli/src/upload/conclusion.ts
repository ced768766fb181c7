import type { Receipt, UploadResult } from '@tidegauge/client'
import { type ExitCode, exit } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { count } from './progress.ts'
import type { Refusals } from './refusals.ts'
import type { Restored } from './restored.ts'
import { type ResumeOptions, resumeCommand } from './resume.ts'

/** What an upload came to. */
export interface Outcome extends UploadResult {
  /** Whether it was ended by something that went wrong, which has been told. */
  failed: boolean
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
  restored: Restored,
): ExitCode {
  const { sent, refused, settled, failed, stopped, repeated, receipt } = outcome
  const resume = failed || stopped ? resumeCommand(settled, files, options, terminal.env) : undefined
  const isPartly = refused > 0 || restored.kept > 0 || notStored(receipt) > 0
  const word = failed ? 'failed' : stopped ? 'stopped' : isPartly ? 'partly' : 'done'
  if (options.json) {
    const { dataSetId, ...more } = restored.summary
    terminal.out.line(
      JSON.stringify({
        event: 'result',
        outcome: word,
        dataSetId,
        sent,
        refused,
        settled,
        repeated,
        ...more,
        receipt,
        resume,
      }),
    )
  } else {
    if (refused > 0) {
      terminal.err.line(`The server refused ${records(refused)}:`)
      refusals.print(terminal.err)
    }
    if (repeated > 0) {
      terminal.err.line(`${records(repeated)} repeated the id of an earlier one: the last of each counts.`)
    }
    restored.print(terminal.err)
    terminal.out.line(storedSentence(sent - notStored(receipt), restored.where, receipt, refused))
  }
  if (resume !== undefined && settled > 0) {
    const same = files.includes('-') ? ' (with the same data on standard input)' : ''
    terminal.err.line(`The first ${records(settled)} are done with. To go on${same}:\n  ${resume}`)
  }
  return { failed: exit.failed, stopped: exit.stopped, partly: exit.partly, done: exit.done }[word]
}

function storedSentence(
  stored: number,
  where: string,
  receipt: Receipt | undefined,
  refused: number,
): string {
  const parts = Object.entries(receipt ?? {}).filter(([, n]) => n > 0)
  const told = parts.map(([word, n]) => `${count(n)} ${word}`).join(', ')
  const without = refused > 0 ? `${told === '' ? ',' : ';'} refused ${count(refused)}` : ''
  return `Stored ${records(stored)} in ${where}${told === '' ? '' : `: ${told}`}${without}.`
}

/** Records that the server acknowledged and did not store with the others. */
function notStored(receipt: Receipt | undefined): number {
  return receipt === undefined ? 0 : receipt.parked + receipt.refused
}

export function records(n: number): string {
  return `${count(n)} ${n === 1 ? 'record' : 'records'}`
}
