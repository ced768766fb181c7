import Type, { type TSchema } from 'typebox'
import { dataSetSchema } from './parse-data-set.ts'
import { datumTypes } from './registry.ts'

/**
 * JSON Schemas of what clients may send: one for each data type by its name (types with kinds: one of theirs), and
 * `dataSet`. For documentation: rules that hang on several fields (a range by its unit, say) are not in them.
 */
export const inputSchemas: Readonly<Record<string, TSchema>> = Object.fromEntries([
  ...[...datumTypes.values()].map((type) => [
    type.name,
    'kinds' in type
      ? Type.Union([...type.kinds.values()].map(({ whole }) => whole.schema))
      : type.whole.schema,
  ]),
  ['dataSet', dataSetSchema],
])
