import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDataSetId, isDatumId, isUserId } from './ids.ts'

test('[DT-15] ids have their forms', () => {
  const hex = '0123456789abcdef'
  assert.ok(isDatumId(`${hex}ghijklmnopqrstuv`))
  for (const id of ['', hex, `${hex}${hex}0`, `${hex}${hex.toUpperCase()}`, `${hex}${hex}\n`])
    assert.ok(!isDatumId(id), id)

  for (const id of [`${hex}${hex}`, `upid_${hex.slice(0, 12)}`, `upid_${hex}${hex}`])
    assert.ok(isDataSetId(id), id)
  for (const id of ['', `${hex}ghijklmnopqrstuv`, `upid_${hex}`, `${hex}${hex}/`])
    assert.ok(!isDataSetId(id), id)

  for (const id of ['0123456789', 'abcdefabcd', '0b2f3c4d-0000-4000-8000-00000000ABCD'])
    assert.ok(isUserId(id), id)
  for (const id of ['', 'me', '012345678', '0123456789a', 'ABCDEFABCD']) assert.ok(!isUserId(id), id)
})
