import { canonicalJson } from './canonical-json.ts'
import type { DatumBody, ParsedDatum } from './wire.ts'

/** A datum as it is stored, with the data that were sent inside of it. */
export interface SettledDatum extends ParsedDatum {
  inner?: readonly InnerDatum[]
}

export interface InnerDatum {
  /** The field that it was sent in. */
  readonly field: string
  /** Whether that field keeps its id. */
  readonly isLinked: boolean
  readonly datum: ParsedDatum
}

/** Gives an id, 32 of `[0-9a-z]`: the same for the same key, and for no other key. */
export type IdFor = (key: string) => string

/** Of an origin id, as clients may send it. */
const MAX_ORIGIN_ID = 100

/**
 * Takes the data out that were sent inside of others: they come after all others, and where they stood stands their id.
 *
 * One that was sent without an origin gets that of the datum it was in, with `:` and its type added to the origin id;
 * one that was sent without an id gets one that follows from the origin id of the datum it was in, else from its id,
 * else from its content (D8). So that who sends the same again names the same.
 */
export function separate(data: readonly SettledDatum[], idFor: IdFor): ParsedDatum[] {
  const separated: ParsedDatum[] = []
  const outer = data.map((datum, parentIndex) => {
    if (datum.inner === undefined) return datum
    const { inner, ...parent } = datum
    const links: Record<string, string> = {}
    for (const { field, isLinked, datum: child } of inner) {
      const id = child.id ?? idFor(keyOf(datum, child.body.type))
      const body = withOrigin(child.body, parent.body, idFor)
      separated.push({ ...child, body, id, within: { parent: parentIndex, field } })
      if (isLinked) links[field] = id
    }
    return { ...parent, body: { ...parent.body, ...links } }
  })
  return [...outer, ...separated]
}

/** What tells this datum's child of that type from any other. */
function keyOf(parent: SettledDatum, type: string): string {
  const { body, id, sentUnits, inner } = parent
  if (body.origin?.id !== undefined) return canonicalJson(['origin', body.origin.id, type])
  return canonicalJson(id === undefined ? ['content', { body, sentUnits, inner }] : ['id', id, type])
}

function withOrigin(child: DatumBody, { origin }: DatumBody, idFor: IdFor): DatumBody {
  if (child.origin !== undefined || origin === undefined) return child
  if (origin.id === undefined) return { ...child, origin }
  return { ...child, origin: { ...origin, id: childOriginId(origin.id, child.type, idFor) } }
}

/** One that would be too long to be sent again is shortened. */
function childOriginId(originId: string, type: string, idFor: IdFor): string {
  const id = `${originId}:${type}`
  return [...id].length <= MAX_ORIGIN_ID ? id : `${idFor(canonicalJson(['origin id', originId]))}:${type}`
}
