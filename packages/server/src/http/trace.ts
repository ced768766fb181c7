import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { TRACE_REQUEST, TRACE_SESSION } from './headers.ts'
import type { Trace } from './wire-error.ts'

const MAX_TRACE_BYTES = 64

/** The trace of a request: its client's ids, cut to 64 bytes, or one of our own (http.md §6.3). */
export function traceOf(headers: IncomingHttpHeaders): Trace {
  const session = cut(headers[TRACE_SESSION])
  return {
    request: cut(headers[TRACE_REQUEST]) ?? randomUUID().replaceAll('-', ''),
    ...(session !== undefined && { session }),
  }
}

function cut(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value
  return text ? text.slice(0, MAX_TRACE_BYTES) : undefined
}
