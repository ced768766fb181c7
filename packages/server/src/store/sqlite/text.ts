/** A column value of kind text. */
export type SqlText = string | Uint8Array

/**
 * Client text as SQLite keeps it without loss. SQLite's text is UTF-8, which has no lone surrogates: a string with
 * one is kept as its UTF-16 bytes (a blob equals no text, so that nothing is mixed up).
 */
export function toSqlText(text: string): SqlText {
  return text.isWellFormed() ? text : Buffer.from(text, 'utf16le')
}

/** The text that {@link toSqlText} was given. */
export function fromSqlText(value: SqlText): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf16le')
}
