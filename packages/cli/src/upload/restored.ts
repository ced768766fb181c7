import type { Prepared, RestoredDataSet, Unlinked } from '@tidegauge/client'
import type { Notices } from '../terminal.ts'
import { records } from './conclusion.ts'
import { count } from './progress.ts'

/** What is told of an upload beside its counts: the data sets, and what could not be put together again. */
export class Restored {
  #prepared: Prepared | undefined
  readonly #unlinked = new Map<string, { unlinked: Unlinked; count: number }>()
  /** Records that were not sent, because they came from this account and would be there twice. */
  kept = 0

  prepare(prepared: Prepared): void {
    this.#prepared = prepared
  }

  unlink(unlinked: Unlinked): void {
    const { type, subType, field, reason } = unlinked
    const key = [type, subType, field, reason].join(' ')
    const known = this.#unlinked.get(key)
    this.#unlinked.set(key, { unlinked, count: (known?.count ?? 0) + 1 })
  }

  /** `data set 1f…`, or `8 data sets`. */
  get where(): string {
    const { dataSetId } = this.#prepared ?? {}
    const ids = this.#ids
    return ids.length === 1 || this.#described.length === 0
      ? `data set ${dataSetId ?? ids[0]}`
      : `${count(ids.length)} data sets`
  }

  /** For a script; what there is nothing to say of is absent. */
  get summary(): object & { dataSetId?: string } {
    const { dataSetId } = this.#prepared ?? {}
    const unlinked = this.#unlinked.values().reduce((sum, each) => sum + each.count, 0)
    return {
      ...(dataSetId !== undefined && { dataSetId }),
      ...(this.#described.length > 0 && { dataSetIds: this.#ids }),
      ...(unlinked > 0 && { unlinked }),
      ...(this.kept > 0 && { kept: this.kept }),
    }
  }

  print(err: Notices): void {
    for (const [reason, why] of [
      ['missing', 'is not there'],
      ['refused', 'was refused'],
    ] as const) {
      const cases = this.#unlinked.values().filter(({ unlinked }) => unlinked.reason === reason)
      const told = [...cases].map(({ unlinked, count: n }) => {
        const { type, subType, field } = unlinked
        return `${count(n)} ${subType === undefined ? type : `${type}/${subType}`} (${field})`
      })
      if (told.length > 0)
        err.line(`Sent without the record that they link to, which ${why}: ${told.join(', ')}.`)
    }
    const parts = new Set(
      this.#described.flatMap(({ leftOut }) => leftOut.map(({ code, pointer }) => `${code} at ${pointer}`)),
    )
    if (parts.size > 0)
      err.line(
        `Left out of what describes the data sets, as the server refuses it: ${[...parts].join(', ')}.`,
      )
    if (this.kept > 0) {
      err.line(
        `Not sent: ${records(this.kept)} of data sets that are in this account, where they would be twice. ` +
          'To send them all the same, name a data set: --data-set ID',
      )
    }
  }

  get #described(): readonly RestoredDataSet[] {
    return this.#prepared?.dataSets ?? []
  }

  get #ids(): string[] {
    const { dataSetId } = this.#prepared ?? {}
    const ids = [...this.#described.map((set) => set.dataSetId), dataSetId]
    return [...new Set(ids.filter((id) => id !== undefined))]
  }
}
