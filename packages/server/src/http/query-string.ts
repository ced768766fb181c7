import { isTimeZone, parseTime } from '@tidegauge/model'
import { type QueryFault, Refused } from '../failure.ts'

/** The parameters of a platform route; refuses a query string that does not decode (http.md §6.5). */
export function queryOf(url: string): URLSearchParams {
  const text = queryText(url)
  if (text.includes(';') || /%(?![0-9a-f]{2})/i.test(text)) throw new Refused({ kind: 'query-malformed' })
  return new URLSearchParams(text)
}

/** The parameters of a route that takes whatever can be read of them. */
export function lenientQueryOf(url: string): URLSearchParams {
  return new URLSearchParams(queryText(url))
}

function queryText(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start + 1)
}

export interface ListParameters {
  clientName?: string
  deviceId?: string
  deleted: boolean
  /** `state=open`, a word of our own: the normal data sets that nobody has closed yet (D12). */
  pending: boolean
  offset: number
  limit: number
}

/**
 * The parameters of a list route (http.md §3.5): every unknown or repeated one is a fault. `restricted_token` is
 * a carrier, not a parameter (§1.8).
 */
export function listParameters(query: URLSearchParams, names: readonly string[]): ListParameters {
  const reader = new ParameterReader(query)
  const result: ListParameters = {
    deleted: reader.boolean('deleted') ?? false,
    pending: names.includes('state') && reader.oneOf('state', ['open']) === 'open',
    ...reader.page(),
  }
  if (names.includes('client.name')) {
    const clientName = reader.text('client.name')
    if (clientName !== undefined) result.clientName = clientName
  }
  if (names.includes('deviceId')) {
    const deviceId = reader.text('deviceId')
    if (deviceId !== undefined) result.deviceId = deviceId
  }
  reader.finish(['restricted_token'])
  return result
}

/** Booleans as the reference reads them. */
export function parseBoolean(text: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false
  return undefined
}

/** Reads the parameters of a route that refuses what it does not know, and gathers their faults. */
export class ParameterReader {
  readonly #query: URLSearchParams
  readonly #faults: QueryFault[] = []
  readonly #read = new Set<string>()

  constructor(query: URLSearchParams) {
    this.#query = query
  }

  text(name: string): string | undefined {
    const value = this.#one(name)
    if (value === '') this.#fault(name, 'value-empty', 'value is empty')
    return value
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.#one(name)
    const word = words.find((one) => one === text)
    if (text === undefined || word !== undefined) return word
    this.#faults.push({
      code: 'value-not-allowed',
      title: 'value is not one of the allowed values',
      detail: `value ${JSON.stringify(text)} is not one of [${words.map((one) => JSON.stringify(one)).join(', ')}]`,
      parameter: name,
    })
    return undefined
  }

  boolean(name: string): boolean | undefined {
    const text = this.#one(name)
    if (text === undefined) return undefined
    const value = parseBoolean(text)
    if (value === undefined) this.#fault(name, 'type-not-bool', 'type is not bool', ', but string')
    return value
  }

  integer(name: string, min: number, max: number): number | undefined {
    const text = this.#one(name)
    if (text === undefined) return undefined
    if (!/^[+-]?\d+$/.test(text)) {
      this.#fault(name, 'type-not-int', 'type is not int', ', but string')
      return undefined
    }
    const value = Number(text)
    if (value >= min && value <= max) return value
    const rule = min === 0 ? `is not greater than or equal to ${min}` : `is not between ${min} and ${max}`
    this.#faults.push({
      code: 'value-out-of-range',
      title: 'value is out of range',
      detail: `value ${value} ${rule}`,
      parameter: name,
    })
    return undefined
  }

  /** An instant, in milliseconds since the epoch. */
  time(name: string): number | undefined {
    const text = this.text(name)
    if (!text) return undefined
    const ms = parseTime(text)
    if (ms === undefined) this.#fault(name, 'value-not-parsable', 'value is not a parsable time')
    return ms
  }

  /** An IANA time zone. */
  timeZone(name: string): string | undefined {
    const text = this.text(name)
    if (!text) return undefined
    if (isTimeZone(text)) return text
    this.#fault(name, 'value-not-valid', 'value is not valid', ', a time zone is called as Europe/Berlin is')
    return undefined
  }

  /** Different numbers in ascending order, separated by commas. */
  numbers(name: string, min: number, max: number, most: number): number[] | undefined {
    const text = this.text(name)
    if (!text) return undefined
    const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    const fits =
      values.length <= most &&
      values.every(
        (value, n) => value >= min && value <= max && (n === 0 || value > (values[n - 1] as number)),
      )
    if (fits) return values
    const rule = `at most ${most} numbers between ${min} and ${max}, ascending, with commas between them`
    this.#fault(name, 'value-not-valid', 'value is not valid', `, ${rule}`)
    return undefined
  }

  /** For what is wrong with several parameters together, or with one beyond what its own rule says. */
  refuse(name: string, why: string): void {
    this.#fault(name, 'value-not-valid', 'value is not valid', `, ${why}`)
  }

  /** Which part of a list, from `page` and `size` (http.md §6.6). A page may be further than any list reaches. */
  page(): { offset: number; limit: number } {
    const page = this.integer('page', 0, Number.POSITIVE_INFINITY) ?? 0
    const limit = this.integer('size', 1, 1000) ?? 100
    return { offset: Math.min(page * limit, Number.MAX_SAFE_INTEGER), limit }
  }

  /** Refuses what was faulty, what nobody read, and what was sent twice. */
  finish(ignored: readonly string[]): void {
    for (const name of new Set(this.#query.keys())) {
      const known = this.#read.has(name)
      if (ignored.includes(name) || (known && this.#query.getAll(name).length === 1)) continue
      this.#fault(name, 'not-parsed', 'not parsed')
    }
    this.refuseFaults()
  }

  /** Refuses what was faulty. */
  refuseFaults(): void {
    if (this.#faults.length > 0) throw new Refused({ kind: 'invalid-query', faults: this.#faults })
  }

  #one(name: string): string | undefined {
    this.#read.add(name)
    return this.#query.get(name) ?? undefined
  }

  #fault(parameter: string, code: string, title: string, more = ''): void {
    this.#faults.push({ code, title, detail: title + more, parameter })
  }
}
