import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { progressBar, progressLines, type Standing } from './progress.ts'

const standing = (settled: number, more: Partial<Standing> = {}): Standing => ({
  sent: settled,
  refused: 0,
  settled,
  fraction: settled / 10_000,
  ...more,
})

function watched(columns = 80) {
  let nowMs = 0
  let text = ''
  const err = {
    isTerminal: true,
    columns,
    write: (piece: string) => {
      text += piece
    },
    line: (line: string) => {
      text += `${line}\n`
    },
  }
  return { err, now: () => nowMs, pass: (ms: number) => (nowMs += ms), text: () => text }
}

/** What the line shows in the end. */
const shown = (text: string) => text.trimEnd().split('\r').at(-1)?.replace('\x1b[K', '')

describe('the progress of an upload', () => {
  test('[CLI-30] the bar shows part, records, rate and time left, in one line', () => {
    const { err, now, pass, text } = watched()
    const bar = progressBar(err, now)
    for (const settled of [0, 1000, 2000, 3000]) {
      bar.update(standing(settled))
      pass(500)
    }
    assert.equal(shown(text()), ' 30 % [=========>                    ] 3,000 records  2,000/s  4 s left')
    assert.equal(text().includes('\n'), false)
    bar.update(standing(10_000))
    bar.end()
    assert.match(shown(text()) ?? '', /^100 % \[={30}\] 10,000 records {2}5,000\/s$/)
    assert.equal(text().at(-1), '\n')
  })

  test('[CLI-30] the bar is drawn ten times a second at most, and never wider than the terminal', () => {
    for (const columns of [20, 40, 60, 200]) {
      const { err, now, pass, text } = watched(columns)
      const bar = progressBar(err, now)
      for (let n = 0; n < 1000; n++) {
        bar.update(standing(n * 10, { refused: 1234 }))
        pass(1)
      }
      const drawn = text().split('\r').slice(1)
      assert.ok(drawn.length <= 11, `drawn ${drawn.length} times`)
      for (const line of drawn) assert.ok(line.replace('\x1b[K', '').length < columns)
    }
  })

  test('[CLI-30] a wait before another try is shown', () => {
    const { err, now, text } = watched()
    progressBar(err, now).update(
      standing(1000, { retrying: { attempt: 3, delayMs: 3800, reason: 'server-failed', status: 503 } }),
    )
    assert.match(shown(text()) ?? '', /server-failed, 503.*try 3 in 4 s/)
  })

  test('[CLI-30] where nobody watches, a plain line now and then', () => {
    const { err, now, pass, text } = watched()
    const lines = progressLines(err, now)
    for (let n = 0; n <= 25; n++) {
      lines.update(standing(n * 100))
      pass(1000)
    }
    lines.update(standing(2600, { retrying: { attempt: 2, delayMs: 1000, reason: 'network' } }))
    lines.end()
    assert.deepEqual(text().split('\n'), [
      '10 %, 1,000 records, 100/s, 1 min 30 s left',
      '20 %, 2,000 records, 100/s, 1 min 20 s left',
      'the chunk did not get through (network); try 2 in 1 s',
      '',
    ])
  })
})
