import { test } from 'node:test'
import { manyOnTheStore } from './many-on-the-store.ts'

test('[DS-41] 2,000 random histories on the store show what the rules say, after every step (npm run soak: 20,000)', async () => {
  await manyOnTheStore({ runs: 2000 })
})
