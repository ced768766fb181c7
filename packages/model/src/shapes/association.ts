import { dependent, type Members, optional, type Presence } from '../fields/field.ts'
import { object } from '../fields/object.ts'
import { oneOf, text } from '../fields/text.ts'
import { datumId, url } from './names.ts'

/** What else belongs to a datum: another record, by its id, or a page, by its address. Nobody looks whether it is there. */
export const association = object({
  id: dependent(whereTypeIs(['blob', 'datum', 'image'], ['url']), datumId),
  reason: optional(text({ max: 1000 })),
  type: oneOf('blob', 'datum', 'image', 'url'),
  url: dependent(whereTypeIs(['url'], ['blob', 'datum', 'image']), url),
})

/** An unknown type is that field's own fault; nothing can be said of the others then. */
function whereTypeIs(required: readonly unknown[], forbidden: readonly unknown[]) {
  return ({ type }: Members): Presence => {
    if (required.includes(type)) return 'required'
    return forbidden.includes(type) ? 'forbidden' : 'unchecked'
  }
}
