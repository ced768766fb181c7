import { isTidegaugeError, NestedTooDeep } from '@tidegauge/client'
import { describe } from '../explain.ts'
import { exit, Failure, isSystemError } from '../failure.ts'
import type { Inputs } from './inputs.ts'
import { UnreadableRecords } from './records.ts'
import type { Repeats } from './repeats.ts'
import { toSend } from './sendable.ts'

type Fields = Record<string, unknown>

/** What brings records into the form in which they are sent, and counts those that come again. */
export function preparing(repeats: Repeats): (record: Fields) => Fields {
  return (record) => {
    const sent = toSend(record)
    const { origin } = sent as { origin?: { id?: unknown } }
    if (typeof origin?.id === 'string') repeats.add(origin.id)
    return sent
  }
}

/** What is wrong with the input, where that was what ended the upload. */
export function sourceFailure(error: unknown, inputs: Inputs): Failure | undefined {
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
