import { isTidegaugeError } from '@tidegauge/client'
import { describe } from '../explain.ts'
import { exit, Failure, isSystemError } from '../failure.ts'
import type { Inputs } from './inputs.ts'
import { UnreadableRecords } from './records.ts'
import type { Repeats } from './repeats.ts'
import { NestedTooDeep, toSend } from './sendable.ts'

/** The records of the files in the form in which they are sent. */
export async function* recordsToSend(inputs: Inputs, repeats: Repeats): AsyncGenerator<object> {
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
