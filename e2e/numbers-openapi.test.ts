import assert from 'node:assert/strict'
import { test } from 'node:test'
import { synthesize } from '@tidegauge/model/synth'
import { startWorld } from '@tidegauge/server/testing'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

test('[OA-2] answers with numbers are as our own description has them, for somebody with everything and with nothing', async () => {
  await using world = await startWorld()
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  ;(addFormats as unknown as (to: Ajv2020) => void)(ajv)
  const description = (await world.send('GET', '/openapi.json')).json
  ajv.addSchema(description, 'numbers')
  const [full, empty] = [await world.person(), await world.person()]
  const records = [
    ...synthesize({
      ...{ seed: 1, days: 3, start: '2026-03-01' },
      ...{ timezone: 'Europe/Berlin', units: 'mg/dL' },
    } as const),
  ]
  const dataSet = await world.dataSet(full)
  for (let n = 0; n < records.length; n += 1000) {
    const body = records.slice(n, n + 1000)
    const answer = await world.send('POST', `/v1/data_sets/${dataSet}/data`, { token: full.token, body })
    assert.equal(answer.status, 200, answer.text)
  }
  const paths = Object.entries<{
    get: { responses: Record<string, { content: Record<string, { schema: { $ref: string } }> }> }
  }>(description.paths)
  assert.equal(paths.length, 3)
  for (const [path, { get }] of paths) {
    const ref = get.responses['200']?.content['application/json']?.schema.$ref
    const validate = ajv.compile({ $ref: `numbers${ref}` })
    for (const { userId, token } of [full, empty]) {
      const { status, json: answer } = await world.send('GET', path.replace('{userId}', userId), { token })
      assert.equal(status, 200)
      const fits: boolean = validate(answer)
      assert.ok(fits, `${path}: ${ajv.errorsText(validate.errors)}`)
      assert.equal(answer.n === 0 || answer.points?.length === 0, userId === empty.userId)
    }
  }
})
