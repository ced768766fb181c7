import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manyOverHttp } from './over-http.ts'

test('[DS-42] 100 random histories over HTTP show what the rules say, also where the server is killed on the way (npm run soak: 1,000)', async (t) => {
  const { kills } = await manyOverHttp({ runs: 100 })
  t.diagnostic(`the server was killed ${kills} times`)
  assert.ok(kills > 0)
})
