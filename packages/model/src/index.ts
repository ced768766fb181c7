/**
 * What diabetes data are. Pure: no I/O, no clock, no Node API, so that the browser's SDK checks a record by the
 * same rules as the server.
 */
export type { DatumBody, DataSetFields, ParsedDatum, Problem } from './wire.ts'
