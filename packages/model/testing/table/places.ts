/** Every field of the table, with the way to it. */
import {
  datumTable,
  embeddedKinds,
  type FieldRule,
  type ObjectTable,
  shape,
  suppressedShape,
} from './table.ts'

export interface Step {
  /** The name of a member, or the place in a list. */
  name: string | number
  field: FieldRule
  /** What the table says of the object that has this member; undefined in a list or a map. */
  table?: ObjectTable
  /** What the object in this field says of itself, where there are several kinds. */
  as?: Readonly<Record<string, unknown>>
}

/** The way from the record to a field. The last step is the field. */
export type Place = readonly [...Step[], Step]

export function* placesIn(
  table: ObjectTable,
  way: readonly Step[] = [],
  seen: readonly string[] = [],
): Generator<Place> {
  for (const [name, field] of Object.entries(table.fields))
    yield* placesAt([...way, { name, field, table }], seen)
}

/** @param seen Names of shapes that are on the way already: a shape that has itself inside is entered once. */
function* placesAt(place: Place, seen: readonly string[]): Generator<Place> {
  yield place
  const { field } = last(place)
  const { type, schema, items, values, allowed = [] } = field
  if (type === 'object' && schema !== undefined && !seen.includes(schema)) {
    yield* placesIn(shape(schema), place, [...seen, schema])
  } else if (type === 'suppressed') {
    for (const deliveryType of allowed) {
      const name = suppressedShape(deliveryType)
      if (seen.includes(name)) continue
      yield* placesIn(shape(name), as(place, { type: 'basal', deliveryType }), [...seen, name])
    }
  } else if (type === 'embeddedDatum') {
    for (const kind of embeddedKinds(field)) {
      const { by = '', word } = kind
      yield* placesIn(datumTable(kind), as(place, { type: kind.type, [by]: word }), seen)
    }
  } else if (items) {
    yield* placesAt([...place, { name: 0, field: items }], seen)
    if (field.schedule) yield* placesAt([...place, { name: 1, field: items }], seen)
  } else if (values) {
    yield* placesAt([...place, { name: 'a/b', field: values }], seen)
  }
}

function as(place: Place, it: Step['as'] & {}): readonly Step[] {
  return [...place.slice(0, -1), { ...last(place), as: it }]
}

export function last(place: Place): Step {
  return place[place.length - 1] as Step
}
