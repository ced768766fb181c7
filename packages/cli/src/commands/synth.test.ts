import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { synthesize } from '@tidegauge/model/synth'
import { commandLine } from '../testing/command-line.ts'

describe('synth', () => {
  test('[CLI-72] prints a record on each line, the same for the same options', async (t) => {
    const { run } = await commandLine(t)
    const { code, stdout, stderr } = await run([
      'synth',
      '--days',
      '3',
      '--seed',
      '7',
      '--start',
      '2026-03-07',
      '--zone',
      'Europe/Berlin',
      '--units',
      'mmol/L',
    ])
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    const expected = synthesize({
      days: 3,
      seed: 7,
      start: '2026-03-07',
      timezone: 'Europe/Berlin',
      units: 'mmol/L',
    })
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      JSON.parse(JSON.stringify([...expected])),
    )
  })

  test('[CLI-72] without a start, yesterday is the last day', async (t) => {
    const { run } = await commandLine(t)
    const { stdout } = await run(['synth', '--days', '2', '--zone', 'UTC'])
    const days = new Set(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).time.slice(0, 10)),
    )
    const daysAgo = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10)
    assert.deepEqual([...days], [daysAgo(2), daysAgo(1)])
  })

  test('[CLI-3] a reader that has had enough is no failure', async (t) => {
    const { start } = await commandLine(t)
    const started = start(['synth', '--days', '3650'])
    await started.says(/\n/)
    started.child.stdout.destroy()
    const { code, stderr } = await started.ended
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  })
})
