import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputSchemas } from './input-schemas.ts'
import { typesInDataArray } from './registry.ts'

test('[DT-schemas-1] every type has a JSON Schema, and so has the data set', () => {
  assert.deepEqual(Object.keys(inputSchemas).sort(), [...typesInDataArray, 'dataSet'].sort())
  const cbg = JSON.parse(JSON.stringify(inputSchemas.cbg))
  assert.deepEqual(cbg.required, ['type', 'time', 'units', 'value'])
  assert.equal(
    cbg.properties.value.description,
    '0 to 55 mmol/L, 0 to 55 mmol/l, 0 to 1000 mg/dL, 0 to 1000 mg/dl',
  )
  assert.equal(JSON.parse(JSON.stringify(inputSchemas.basal)).anyOf.length, 4)
})
