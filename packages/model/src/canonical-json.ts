/**
 * JSON text that is the same for equal values: keys in order at every depth, no white space, lone surrogates as
 * U+FFFD. For fingerprints and content hashes. Members that JSON has no word for (`undefined`, functions) are left
 * out of objects and `null` in arrays, as `JSON.stringify` does.
 *
 * @throws RangeError for what is nested some thousands deep; a body that was parsed here is not.
 */
export function canonicalJson(value: unknown): string {
  return textOf(value) ?? 'null'
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const text = textOf((value as Record<string, unknown>)[key])
    if (text !== undefined) members.push(`${JSON.stringify(key.toWellFormed())}:${text}`)
  }
  return `{${members.join(',')}}`
}
