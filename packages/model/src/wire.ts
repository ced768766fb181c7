/** One fault of a request body, in the reference's words (http.md §6.1 E2, data-types.md §2). */
export interface Problem {
  /** `value-out-of-range`, `type-not-string`… (http.md §6.2). */
  code: string
  title: string
  /** Names the value and the rule: `value 61 is not between 0 and 55`. */
  detail: string
  /** JSON pointer into the body: `/3/value` for a record's field, `/deviceTags/0` in a data set. */
  pointer: string
  /** What kind of record it is: `{type}`, and `subType` or `deliveryType` where the type has kinds. */
  meta?: Readonly<Record<string, string>>
}

/** A record as it is stored: known fields only, no nulls, glucose in mmol/L, `time` in UTC with milliseconds. */
export interface DatumBody {
  type: string
  time: string
  deviceId?: string
  subType?: string
  origin?: { id?: string; name?: string; type?: string; version?: string; time?: string; payload?: object }
  [field: string]: unknown
}

/** A record that passed: what the server stores, and beside it what it must know of what was sent. */
export interface ParsedDatum {
  /** Without `id` and `uploadId`. */
  body: DatumBody
  /** The id that the client sent. */
  id?: string
  timeMs: number
  /** Set where glucose was sent in mg/dL and so converted. */
  sentUnits?: 'mg/dL'
  /** Set on a datum that was sent inside of another: that one's place among the data, and the field it stood in. */
  within?: { parent: number; field: string }
  /** Digits of the second's fraction beyond the third, as sent: `456` of `.123456Z`. Identity hashes have them. */
  finerThanMs?: string
}

/** The client's part of a data set (`POST /v1/users/{userId}/data_sets`), checked and normalized. */
export interface DataSetFields {
  dataSetType: 'continuous' | 'normal'
  client?: { name?: string; version?: string; private?: object }
  deduplicator?: { name?: string }
  deviceId?: string
  deviceManufacturers?: string[]
  deviceModel?: string
  deviceSerialNumber?: string
  deviceTags?: string[]
  [field: string]: unknown
}
