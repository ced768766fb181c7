import type { Problem } from '@tidegauge/model'
import type { Trace } from './errors.ts'

/** What the body of a refusal says, whichever of the protocol's shapes it has. */
export interface Faults {
  /** Of the first fault. */
  code: string | undefined
  problems: Problem[]
  trace: Trace
}

/**
 * Read the body of an answer that is no success: shapes E1 to E8 of http.md §6.1. What has none of the shapes (a
 * web page, plain text, nothing) names no fault.
 */
export function readFaults(text: string): Faults {
  const body = parseObject(text)
  if (body === undefined) return { code: undefined, problems: [], trace: {} }
  const entries = Array.isArray(body.errors) ? body.errors.filter(isObject) : [body]
  const problems = entries.map(toProblem).filter((problem) => problem !== undefined)
  return { code: problems[0]?.code || undefined, problems, trace: traceOf(body) }
}

/** `value` when it is an object with keys. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    // Not JSON: the status alone has to tell.
    return undefined
  }
}

function toProblem(entry: Record<string, unknown>): Problem | undefined {
  const code = firstText(entry.code, entry.error, entry.statusCode)
  const title = firstText(entry.title, entry.reason, entry.message, entry.error_description, entry.Error)
  if (code === '' && title === '' && typeof entry.detail !== 'string') return undefined
  const source = isObject(entry.source) ? entry.source : {}
  return {
    code,
    title,
    detail: firstText(entry.detail, title),
    pointer: firstText(source.pointer),
    ...(isObject(entry.meta) &&
      entry.meta.trace === undefined && { meta: entry.meta as Record<string, string> }),
  }
}

function traceOf(body: Record<string, unknown>): Trace {
  const meta = isObject(body.meta) ? body.meta : {}
  const trace = isObject(meta.trace) ? meta.trace : {}
  // E4 names the request in `id`, beside a numeric `status`.
  const request = firstText(trace.request, typeof body.status === 'number' ? body.id : undefined)
  const session = firstText(trace.session)
  return { ...(request !== '' && { request }), ...(session !== '' && { session }) }
}

function firstText(...values: unknown[]): string {
  for (const value of values) {
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
  }
  return ''
}
