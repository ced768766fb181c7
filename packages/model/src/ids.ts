/** 32 of `[0-9a-z]`: the id of a datum, made by the client or by the server (data-types.md §5). */
export const DATUM_ID = /^[0-9a-z]{32}$/
/** 32 lower-case hex digits, or one of the two older forms that begin with `upid_`. */
export const DATA_SET_ID = /^(?:upid_[0-9a-f]{12}|upid_[0-9a-f]{32}|[0-9a-f]{32})$/
/** 10 lower-case hex digits, or a UUID. */
const USER_ID = /^(?:[0-9a-f]{10}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$/

/** Whether this could be the `id` of a datum. */
export function isDatumId(text: string): boolean {
  return DATUM_ID.test(text)
}

/** Whether this could be the `id` (= `uploadId`) of a data set. */
export function isDataSetId(text: string): boolean {
  return DATA_SET_ID.test(text)
}

/** Whether this could be a user id. */
export function isUserId(text: string): boolean {
  return USER_ID.test(text)
}
