import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mgPerDl, mmolPerL } from './glucose.ts'

test('[DT-units-1] mg/dL become mmol/L with five decimals, half away from zero', () => {
  const pairs: [number, number][] = [
    [0, 0],
    [39, 2.16479],
    [40, 2.2203],
    [70, 3.88552],
    [100, 5.55075],
    [140, 7.77105],
    [180, 9.99135],
    [400, 22.20299],
    [401, 22.2585],
    [1000, 55.50748],
    [-2.2, -0.12212],
  ]
  for (const [mgdl, mmol] of pairs) assert.equal(mmolPerL(mgdl), mmol)
})

test('[DT-units-2] every whole number from 0 to 1000 mg/dL comes back as itself', () => {
  for (let mgdl = 0; mgdl <= 1000; mgdl++) assert.equal(mgPerDl(mmolPerL(mgdl)), mgdl)
})
