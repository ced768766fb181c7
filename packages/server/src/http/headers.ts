/** The protocol's own headers, in lower case as Node gives them. */
export const SESSION_TOKEN = 'x-tidepool-session-token'
export const TRACE_REQUEST = 'x-tidepool-trace-request'
export const TRACE_SESSION = 'x-tidepool-trace-session'
/** Our own: what became of the records of an upload. */
export const RECEIPT = 'x-tidegauge-receipt'
