import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputSchemas } from './input-schemas.ts'
import { datumTypes, typesInDataArray } from './registry.ts'

test('[DT-schemas-1] every type that is built has a JSON Schema, and so has the data set', () => {
  const built = typesInDataArray.filter((name) => datumTypes.has(name))
  assert.deepEqual(Object.keys(inputSchemas).sort(), [...built, 'dataSet'].sort())
  assert.equal(datumTypes.size, built.length, 'each type is one that may stand in an array of data')
  const cbg = JSON.parse(JSON.stringify(inputSchemas.cbg))
  assert.deepEqual(cbg.required, ['type', 'time', 'units', 'value'])
  assert.equal(
    cbg.properties.value.description,
    '0 to 55 mmol/L, 0 to 55 mmol/l, 0 to 1000 mg/dL, 0 to 1000 mg/dl',
  )
  assert.equal(JSON.parse(JSON.stringify(inputSchemas.basal)).anyOf.length, 4)
})
