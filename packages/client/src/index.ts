/**
 * The SDK for servers that speak the Tidepool protocol, in a browser or in Node.
 *
 * @module
 */
export type { Account } from './account.ts'
export type { AuditEntry, AuditOptions } from './audit.ts'
export type { RetryOptions } from './backoff.ts'
export { type CallOptions, type Client, type ClientOptions, createClient } from './client.ts'
export type { Clock } from './clock.ts'
export type { DataSet, ListDataSetsOptions, OpenDataSetOptions } from './data-sets.ts'
export type { DeleteSelector } from './delete-data.ts'
export { type ErrorDetails, type ErrorKind, isTidegaugeError, TidegaugeError, type Trace } from './errors.ts'
export { JsonArraySplitter, NotAnArrayError } from './json-array.ts'
export type { NumbersAnswer, NumbersOptions, ProfileOptions, Series, SeriesOptions } from './numbers.ts'
export type {
  ParkedRecord,
  Quarantine,
  QuarantineOptions,
  QuarantineSettings,
  WholeParkedRecord,
} from './quarantine.ts'
export type { Datum, ReadDataOptions } from './read.ts'
export type { Receipt } from './receipt.ts'
export type { Fetch } from './request.ts'
export { asSent, NestedTooDeep, type OriginOptions } from './restore/as-sent.ts'
export type { RestoredDataSet } from './restore/data-sets.ts'
export type { Prepared, RestoreOptions, RestoreResult, Unlinked } from './restore/restore.ts'
export type { ServerStatus } from './server-status.ts'
export type { Credentials, Session } from './session.ts'
export type { AssociatedPerson, Permission, SentInvitation, Sharing, SharingOptions } from './sharing.ts'
export type { RefusedRecord, Retrying, UploadOptions, UploadProgress, UploadResult } from './upload.ts'
