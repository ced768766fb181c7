import type { Embedded, Parcel } from '../chunks.ts'
import type { Connection } from '../connection.ts'
import { type DataSet, type DataSetOpener, deduplicates, type OpenDataSetOptions } from '../data-sets.ts'
import { isTidegaugeError, TidegaugeError } from '../errors.ts'
import { isObject } from '../faults.ts'
import { interruptible } from '../interruptible.ts'
import { Upload, type UploadOptions, type UploadResult } from '../upload.ts'
import { asSent } from './as-sent.ts'
import { type RestoredDataSet, restoreDataSets } from './data-sets.ts'
import { type Link, linkOf } from './links.ts'
import { type Placed, type Rereadable, type Survey, surveyOf, uploadIdOf } from './survey.ts'
import { withTrueUnits } from './true-units.ts'

type Fields = Record<string, unknown>

/** A record that was sent without the one that it links to. */
export interface Unlinked {
  /** Place in the whole input, from 0. */
  index: number
  type: string
  subType?: string
  /** The field that held the link. */
  field: string
  /** `missing`: not in the input; `refused`: by the server, or alone of the two not refused. */
  reason: 'missing' | 'refused'
}

/** What is known before the first record is sent. */
export interface Prepared {
  /** Records in the input. */
  total: number
  /** In the order of the input. */
  dataSets: RestoredDataSet[]
  /** Where all other records go; absent when there are none. */
  dataSetId?: string
}

/** How to restore. */
export interface RestoreOptions extends Omit<UploadOptions, 'repeatable' | 'total'> {
  /** Send everything to this data set, and make none of what describes data sets. */
  dataSet?: DataSet | string | undefined
  /** The data set to find or make for records whose own is not described in the input. */
  open?: OpenDataSetOptions | undefined
  /** Whose; default: the session's own account. */
  userId?: string | undefined
  /**
   * Makes of a record what is to be sent. It must keep `id` and links. Default: {@link asSent}, with the origin name
   * `org.tidegauge.client`.
   */
  prepare?: ((record: Fields) => Fields) | undefined
  /** Called once, before the first record is sent. */
  onPrepared?: ((prepared: Prepared) => void) | undefined
  onUnlinked?: ((unlinked: Unlinked) => void) | undefined
  /**
   * Called with the place of each record that is not sent, because it came from this account and would be there
   * twice: its data set takes no more (`kept`), or takes more, but has no origin id to know it by.
   */
  onKept?: ((index: number) => void) | undefined
}

/** What a restoration came to. Records that describe data sets are settled, but not counted as sent. */
export interface RestoreResult extends UploadResult {
  dataSets: RestoredDataSet[]
  /** Records that were sent without the one that they link to. */
  unlinked: number
  /** Records that were not sent, because they would be there twice (see `onKept`). */
  kept: number
}

/** See `Client.restore`. */
export async function restore(
  connection: Connection,
  opener: DataSetOpener,
  records: Rereadable,
  options: RestoreOptions,
): Promise<RestoreResult> {
  if (isOnceOnly(records)) {
    throw new TidegaugeError(
      'usage',
      'The records must be readable more than once: give an array, or a source.',
    )
  }
  const { signal, abort, onPrepared } = options
  const survey = await beforeSending(options, (throwIfStopped) => surveyOf(records, throwIfStopped))
  const targets = await Targets.of(connection, opener, survey, {
    ...options,
    signal: anyOf([signal, abort]),
  })
  onPrepared?.({
    total: survey.total,
    dataSets: targets.dataSets,
    ...(targets.others !== undefined && { dataSetId: targets.others }),
  })
  return await new Restoration(connection, survey, targets, options).run(records)
}

/** Where records go. */
class Targets {
  readonly #restored: ReadonlyMap<string, RestoredDataSet>
  /** For records whose data set is not described. */
  readonly others: string | undefined
  readonly repeatable: boolean

  private constructor(restored: ReadonlyMap<string, RestoredDataSet>, others: DataSet | string | undefined) {
    this.#restored = restored
    this.others = typeof others === 'string' ? others : others?.id
    this.repeatable = typeof others !== 'object' || deduplicates(others)
  }

  static async of(
    connection: Connection,
    opener: DataSetOpener,
    { uploads, hasStrays }: Survey,
    { dataSet, open = { clientName: 'org.tidegauge.client' }, userId, signal }: RestoreOptions,
  ): Promise<Targets> {
    if (dataSet !== undefined) return new Targets(new Map(), dataSet)
    const restored = await restoreDataSets(connection, uploads, { userId, signal })
    const isNeeded = hasStrays || restored.size === 0
    return new Targets(restored, isNeeded ? await opener.open({ userId, ...open, signal }) : undefined)
  }

  get dataSets(): RestoredDataSet[] {
    return [...this.#restored.values()].toSorted((one, other) => one.index - other.index)
  }

  /** The id of the data set of a record; undefined when it is not to be sent. */
  find(record: Fields): string | undefined {
    const restored = this.#restored.get(uploadIdOf(record) ?? '')
    return restored === undefined ? this.others : restored.dataSetId
  }
}

/** One restoration: says of each record where it goes and what goes with it, and keeps the account of that. */
class Restoration {
  readonly #survey: Survey
  readonly #targets: Targets
  readonly #options: RestoreOptions
  readonly #upload: Upload
  #unlinked = 0
  #kept = 0
  /** The first record whose link may lead to where the input could not be read. */
  #firstUnsure = Number.POSITIVE_INFINITY

  constructor(connection: Connection, survey: Survey, targets: Targets, options: RestoreOptions) {
    this.#survey = survey
    this.#targets = targets
    this.#options = options
    const { total, failure } = survey
    const { repeatable } = targets
    this.#upload = new Upload(
      connection,
      { ...options, repeatable, ...(failure === undefined && { total }) },
      (outer, { field }) => {
        if (outer.json === undefined) return
        this.#say(outer.index, JSON.parse(new TextDecoder().decode(outer.json)), field, 'refused')
      },
    )
  }

  async run(records: Rereadable): Promise<RestoreResult> {
    try {
      const result = this.#withSureSettled(await this.#upload.run(this.#parcels(records)))
      return { ...result, dataSets: this.#targets.dataSets, unlinked: this.#unlinked, kept: this.#kept }
    } catch (error) {
      if (!isTidegaugeError(error) || error.upload === undefined) throw error
      throw error.withUpload(this.#withSureSettled(error.upload))
    }
  }

  #withSureSettled(result: UploadResult): UploadResult {
    return { ...result, settled: Math.min(result.settled, this.#firstUnsure) }
  }

  async *#parcels(records: Rereadable): AsyncGenerator<Parcel | undefined> {
    let index = 0
    for await (const record of records) yield this.#parcel(record, index++)
    // It was read to its end now, but what links to what is known of a part.
    if (this.#survey.failure !== undefined) throw this.#survey.failure.cause
  }

  #parcel(record: unknown, index: number): Parcel | undefined {
    // What is no record is refused before it is sent anywhere.
    if (!isObject(record)) return { dataSetId: this.#targets.others ?? '', record }
    if (record.type === 'upload' && uploadIdOf(record) !== undefined) return undefined
    if (this.#survey.linked.brings(record)) return undefined
    const link = linkOf(record)
    const inner = link && this.#survey.linked.find(link)
    const dataSetId = this.#targets.find(record)
    const all = inner === undefined ? [record] : [record, inner.record]
    const isAskedFor = this.#options.dataSet !== undefined
    const comesBack = !isAskedFor && record.uploadId === dataSetId
    if (dataSetId === undefined || (comesBack && !all.every(hasOriginId))) {
      this.#keep(inner === undefined ? [index] : [index, inner.index])
      return undefined
    }
    if (link === undefined) return { dataSetId, record: this.#prepared(record) }
    return { dataSetId, ...this.#linked(record, index, link, inner) }
  }

  #prepared(record: Fields): Fields {
    const { prepare = asSentBySdk } = this.#options
    return prepare(withTrueUnits(record))
  }

  /** The record as it is sent, with the one that it links to in the place of the link. */
  #linked(
    record: Fields,
    index: number,
    { field }: Link,
    inner: Placed | undefined,
  ): { record: Fields; embedded?: Embedded } {
    const outer = this.#prepared(record)
    if (inner !== undefined) {
      return {
        record: { ...outer, [field]: this.#prepared(inner.record) },
        embedded: { index: inner.index, field },
      }
    }
    if (index >= (this.#options.skip ?? 0)) {
      if (this.#survey.failure !== undefined) this.#firstUnsure = Math.min(this.#firstUnsure, index)
      this.#say(index, record, field, 'missing')
    }
    const { [field]: _, ...alone } = outer
    return { record: alone }
  }

  #keep(places: readonly number[]): void {
    const [first = 0] = places
    if (first < (this.#options.skip ?? 0)) return
    for (const place of places) {
      this.#kept++
      this.#options.onKept?.(place)
    }
  }

  #say(index: number, { type, subType }: Fields, field: string, reason: Unlinked['reason']): void {
    this.#unlinked++
    this.#options.onUnlinked?.({
      index,
      type: String(type),
      ...(typeof subType === 'string' && { subType }),
      field,
      reason,
    })
  }
}

/** Whether a data set knows it again. */
function hasOriginId({ origin }: Fields): boolean {
  return isObject(origin) && typeof origin.id === 'string'
}

function asSentBySdk(record: Fields): Fields {
  return asSent(record, { name: 'org.tidegauge.client' })
}

/** Runs `work` until it is done or one of the signals ends it. */
async function beforeSending<T>(
  { signal, abort }: RestoreOptions,
  work: (throwIfStopped: () => void) => Promise<T>,
): Promise<T> {
  const throwIfStopped = () => {
    if (!signal?.aborted && !abort?.aborted) return
    throw new TidegaugeError('aborted', 'Stopped by the caller before anything was sent.')
  }
  try {
    return await interruptible(work(throwIfStopped), anyOf([signal, abort]))
  } catch (error) {
    throwIfStopped()
    throw error
  }
}

function anyOf(signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length === 0 ? undefined : AbortSignal.any(given)
}

/** A generator, say: a second reading finds nothing. */
function isOnceOnly(records: Rereadable): boolean {
  const input = Symbol.asyncIterator in records ? records[Symbol.asyncIterator]() : records[Symbol.iterator]()
  return (input as unknown) === records
}
