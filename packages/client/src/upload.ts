import type { Problem } from '@tidegauge/model'
import {
  bodyOf,
  type Chunk,
  type ChunkLimits,
  chunksOf,
  fault,
  type Item,
  leadingItems,
  type Parcel,
  recordsOf,
  type Separated,
  sendable,
  separate,
} from './chunks.ts'
import type { Connection, Repeat } from './connection.ts'
import { type ErrorKind, isTidegaugeError, TidegaugeError } from './errors.ts'
import { isObject } from './faults.ts'
import { interruptible } from './interruptible.ts'
import { addReceipts, parseReceipt, type Receipt } from './receipt.ts'
import type { Request } from './request.ts'

/** A record that the server does not take; the rest of its chunk was sent without it. */
export interface RefusedRecord {
  /** Place in the whole input, from 0, skipped records counted. */
  index: number
  /** Why. `pointer` is within the record: `/value`, or empty for the record as a whole. */
  problems: Problem[]
}

/** Where an upload stands. Counts are of this call alone, except `settled`. */
export interface UploadProgress {
  /** Records that the server acknowledged. */
  sent: number
  /** Records that the server refused. */
  refused: number
  /** Leading records of the input that need not be sent again: skipped, acknowledged or refused. */
  settled: number
  /** Records in the input, where known: given as an option, or the length of an array. */
  total?: number
  /** Requests that the server acknowledged. */
  chunks: number
  /** Bytes of body in those requests. */
  bytes: number
  /** What became of the acknowledged records, from a server that tells. */
  receipt?: Receipt
  /** Present while the uploader waits before it repeats a chunk. */
  retrying?: Retrying
}

/** A repeat that is about to happen. */
export interface Retrying {
  /** Number of the coming try: 2 is the first repeat. */
  attempt: number
  delayMs: number
  reason: ErrorKind
  status?: number
}

/** What an upload came to. */
export interface UploadResult {
  /** Records that the server acknowledged in this call. */
  sent: number
  /** Records that the server refused in this call. */
  refused: number
  /** The first 1,000 refusals; `onRefused` hears of all. */
  refusals: RefusedRecord[]
  /** Leading records of the input that are done with: the `skip` of a later call that resumes. */
  settled: number
  /** Requests that the server acknowledged. */
  chunks: number
  /** Bytes of body in those requests. */
  bytes: number
  /** What became of the acknowledged records, from a server that tells. */
  receipt?: Receipt
  /** Whether `signal` stopped it before the end of the input. */
  stopped: boolean
}

/** How to upload. */
export interface UploadOptions {
  /** Most records in a request. Default 1,000. */
  chunkSize?: number | undefined
  /** Most bytes in a request's body. Default 8 MiB. A single larger record is sent alone. */
  maxBodyBytes?: number | undefined
  /** Leading records to pass over: `settled` of an earlier result or error. */
  skip?: number | undefined
  /** Records in the input, for progress; known without being told for an array. */
  total?: number | undefined
  /** First stage: finish the chunk in flight, send no more, and resolve with `stopped: true`. */
  signal?: AbortSignal | undefined
  /** Second stage: give up the chunk in flight at once and reject with kind `aborted`. */
  abort?: AbortSignal | undefined
  /**
   * Whether a chunk that may have been stored may be sent again. Default: `false` for a `DataSet` that does not
   * deduplicate (`none`), else `true`.
   */
  repeatable?: boolean | undefined
  onProgress?: ((progress: UploadProgress) => void) | undefined
  /** Called once for each refused record when its chunk is settled; `record` is what was sent, parsed again. */
  onRefused?: ((refused: RefusedRecord, record: unknown) => void) | undefined
}

const maxRefusals = 1000

/** One upload: takes chunks from the input, settles each, and keeps the account. */
export class Upload {
  readonly #connection: Connection
  readonly #options: UploadOptions
  readonly #onSeparated: ((outer: Item, inner: Separated) => void) | undefined
  readonly #limits: ChunkLimits
  readonly #result: UploadResult
  /** A read of the input has begun and not ended well. */
  #reading = false

  /** @param onSeparated Hears of records that were stored without the one that was embedded in them. */
  constructor(
    connection: Connection,
    options: UploadOptions,
    onSeparated?: (outer: Item, inner: Separated) => void,
  ) {
    this.#connection = connection
    this.#options = options
    this.#onSeparated = onSeparated
    this.#limits = {
      chunkSize: atLeast(1, options.chunkSize ?? 1000, 'chunkSize'),
      maxBodyBytes: atLeast(2, options.maxBodyBytes ?? 8 * 1024 * 1024, 'maxBodyBytes'),
    }
    const settled = atLeast(0, options.skip ?? 0, 'skip')
    this.#result = { sent: 0, refused: 0, refusals: [], settled, chunks: 0, bytes: 0, stopped: false }
  }

  /** See `Client.upload`. The input has an element for each place, `undefined` where nothing is to be sent. */
  async run(parcels: AsyncIterable<Parcel | undefined>): Promise<UploadResult> {
    const { signal, abort } = this.#options
    const chunks = chunksOf(parcels, this.#limits, this.#result.settled)
    try {
      for (;;) {
        const chunk = await this.#next(chunks)
        if (chunk === undefined) break
        await this.#settle(chunk)
      }
    } catch (error) {
      if (!isTidegaugeError(error)) throw error
      const stopped = error.kind === 'aborted' && signal?.aborted && !abort?.aborted
      if (!stopped) throw error.withUpload(this.#result)
      this.#result.stopped = true
    } finally {
      await this.#close(chunks)
    }
    return this.#result
  }

  /** The next chunk of the input; `undefined` at its end. */
  async #next(chunks: AsyncGenerator<Chunk>): Promise<Chunk | undefined> {
    this.#throwIfStopped()
    const { signal, abort } = this.#options
    this.#reading = true
    try {
      const next = await interruptible(interruptible(chunks.next(), signal), abort)
      this.#reading = false
      return next.done ? undefined : next.value
    } catch (error) {
      this.#throwIfStopped()
      throw new TidegaugeError('source-failed', 'The records to upload could not be read on.', {
        cause: error,
      })
    }
  }

  /** Let the input free what it holds. */
  async #close(chunks: AsyncGenerator<Chunk>): Promise<void> {
    const closed = chunks.return(undefined)
    // An input that was given up in the middle of a read may never end; what comes of it is nobody's concern.
    if (this.#reading) closed.catch(() => undefined)
    else await closed
  }

  /** Send a chunk, in smaller parts where the server finds it too large, until each record is stored or refused. */
  async #settle({ dataSetId, items, next }: Chunk): Promise<void> {
    let rest = items
    do {
      this.#throwIfStopped()
      const part = leadingItems(rest, this.#limits)
      if (!(await this.#send(dataSetId, part))) continue
      rest = rest.slice(part.length)
      this.#account(part, Math.min(next, rest[0]?.index ?? next))
    } while (rest.length > 0)
  }

  /**
   * Send a part until the server takes it, each time without the records that it refuses: faults of a later phase
   * show only when those of an earlier one are gone. `false`: too large, and the limit has been lowered.
   */
  async #send(dataSetId: string, part: Item[]): Promise<boolean> {
    for (;;) {
      const accepted = sendable(part)
      if (accepted.length === 0) return true
      const body = bodyOf(accepted)
      try {
        await this.#post(dataSetId, body)
        this.#result.chunks++
        this.#result.bytes += body.length
        return true
      } catch (error) {
        if (isTidegaugeError(error, 'too-large')) {
          if (part.filter((item) => sendable([item]).length > 0).length > 1) {
            this.#limits.maxBodyBytes = Math.floor(body.length / 2)
            return false
          }
          for (const item of part) separate(item)
          for (const item of sendable(part))
            item.problems = [fault('resource-too-large', 'record is too large for the server')]
        } else if (isTidegaugeError(error, 'invalid')) {
          refuse(accepted, error)
        } else {
          throw error
        }
      }
    }
  }

  async #post(dataSetId: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const request: Request = {
      method: 'POST',
      route: '/dataservices/v1/datasets/{dataSetId}/data',
      params: { dataSetId },
      body,
      kinds: { 404: 'data-set-not-found', 409: 'data-set-closed' },
    }
    const answer = await this.#connection.call(request, {
      safe: this.#options.repeatable ?? true,
      signal: this.#options.abort,
      stopWaiting: this.#options.signal,
      onRepeat: (repeat) => this.#report(retryingOf(repeat)),
    })
    // A captive portal says 200 too.
    if (!isObject(answer.json())) throw answer.unexpected('The answer acknowledges nothing.')
    const receipt = addReceipts(this.#result.receipt, parseReceipt(answer.headers.get('x-tidegauge-receipt')))
    if (receipt !== undefined) this.#result.receipt = receipt
  }

  /** The part is done with: count it and say what was refused. */
  #account(part: readonly Item[], settled: number): void {
    this.#result.settled = settled
    for (const item of part) {
      for (const each of recordsOf([item])) this.#count(each)
      if (item.embedded !== undefined) this.#result.sent++
      if (item.separated !== undefined && item.problems === undefined)
        this.#onSeparated?.(item, item.separated)
    }
    this.#report()
  }

  #count({ index, json, problems }: Item): void {
    if (problems === undefined) {
      this.#result.sent++
      return
    }
    const refused = { index, problems }
    this.#result.refused++
    if (this.#result.refusals.length < maxRefusals) this.#result.refusals.push(refused)
    this.#options.onRefused?.(
      refused,
      json === undefined ? undefined : JSON.parse(new TextDecoder().decode(json)),
    )
  }

  #report(retrying?: Retrying): void {
    const { sent, refused, settled, chunks, bytes, receipt } = this.#result
    const { total } = this.#options
    this.#options.onProgress?.({
      sent,
      refused,
      settled,
      chunks,
      bytes,
      ...(receipt !== undefined && { receipt }),
      ...(total !== undefined && { total }),
      ...(retrying !== undefined && { retrying }),
    })
  }

  #throwIfStopped(): void {
    if (this.#options.abort?.aborted || this.#options.signal?.aborted) {
      throw new TidegaugeError('aborted', 'Stopped by the caller between two chunks.')
    }
  }
}

/**
 * Mark the records that the server's faults name: of two that travel as one, the one that the fault lies in. Throws
 * the error itself when one of its faults names no record: nobody knows then what to leave out.
 */
function refuse(items: readonly Item[], error: TidegaugeError): void {
  const faults = error.problems.map((problem) => {
    const [, place, pointer] = /^\/(\d+)(\/.*)?$/s.exec(problem.pointer) ?? []
    return { item: place === undefined ? undefined : items[Number(place)], problem, pointer: pointer ?? '' }
  })
  if (faults.length === 0 || faults.some(({ item }) => item === undefined)) throw error
  // As they were sent: what is separated now has been embedded in the request that the faults are about.
  const sentEmbedded = new Set(items.filter((item) => item.embedded !== undefined))
  for (const { item, problem, pointer } of faults) {
    if (item === undefined) continue
    const inner = sentEmbedded.has(item) ? separate(item) : undefined
    const isInner = inner !== undefined && `${pointer}/`.startsWith(`/${inner.field}/`)
    const faulty = isInner ? inner : item
    faulty.problems ??= []
    faulty.problems.push({ ...problem, pointer: isInner ? pointer.slice(inner.field.length + 1) : pointer })
  }
}

function retryingOf({ attempt, delayMs, error }: Repeat): Retrying {
  const { kind: reason, status } = error
  return { attempt, delayMs, reason, ...(status !== undefined && { status }) }
}

function atLeast(least: number, value: number, name: string): number {
  if (Number.isInteger(value) && value >= least) return value
  throw new TidegaugeError('usage', `${name} must be a whole number, at least ${least}.`)
}
