/** The recorded answers of the reference (`testdata/vectors/`), and what it takes to compare ours with them. */
import { readFileSync } from 'node:fs'
import type { Problem } from '../src/wire.ts'

export interface Vector {
  name: string
  body: unknown
  status: number
  errors?: {
    code: string
    title: string
    detail: string
    source?: { pointer: string }
    meta?: Problem['meta']
  }[]
  stored?: Record<string, unknown>[]
  identity?: (string | null)[][]
}

/** @param file The name of a type, or `upload` for data sets. */
export function vectorsOf(file: string): Vector[] {
  const text = readFileSync(new URL(`../testdata/vectors/${file}.jsonl`, import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

export type Document = Record<string, unknown>

const LINKS = ['bolus', 'status']

/** Ids that were made, by whom and how ever, are numbered in the order in which they appear, also as links. */
export function marked(stored: readonly Document[], sent: string): Document[] {
  const marks = new Map<unknown, string>()
  const markFor = (id: unknown) => {
    if (typeof id !== 'string' || sent.includes(`"${id}"`)) return id
    const mark = marks.get(id) ?? `made ${marks.size + 1}`
    marks.set(id, mark)
    return mark
  }
  return stored.map((document) => {
    const links = LINKS.filter((field) => typeof document[field] === 'string')
    return {
      ...document,
      id: markFor(document.id),
      ...Object.fromEntries(links.map((field) => [field, markFor(document[field])])),
    }
  })
}

/**
 * By D8 a record that came inside of another has that one's origin, where the reference gives it none. (An id that would
 * be too long to be sent again is a shorter one, of which only the end is looked at here.)
 */
export function withInheritedOrigins(stored: readonly Document[]): Document[] {
  return stored.map((document) => {
    const outer = stored.find((other) => LINKS.some((field) => other[field] === document.id))
    if (outer?.origin === undefined || document.origin !== undefined) return document
    const { id } = outer.origin as { id?: string }
    if (id === undefined) return { ...document, origin: outer.origin }
    return { ...document, origin: { ...outer.origin, id: `${id}:${document.type}` } }
  })
}

export function withShortOrigin(document: Document): Document {
  const { id } = (document.origin ?? {}) as { id?: string }
  const isShortened = id !== undefined && /^[0-9a-f]{32}:/.test(id)
  if (id === undefined || !(isShortened || [...id].length > 100)) return document
  return { ...document, origin: { ...(document.origin as object), id: id.replace(/.*:/u, 'shortened:') } }
}
