import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ConfigError, configFrom } from './config.ts'

describe('the secret for services', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tidegauge-test-'))
  after(() => rmSync(directory, { recursive: true, force: true }))
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const secret = (env: Record<string, string>) => configFrom(env).serverSecret

  test('[OP-20] it comes from TIDEGAUGE_SERVER_SECRET, or from the file that ..._FILE names', () => {
    assert.equal(secret({ TIDEGAUGE_SERVER_SECRET: ' a b ' }), ' a b ')
    assert.equal(secret({ TIDEGAUGE_SERVER_SECRET_FILE: file('secret', 'from file\n') }), 'from file')
  })

  test('[OP-20] without either, or with empty ones, there is none', () => {
    assert.ok(!('serverSecret' in configFrom({})))
    assert.equal(secret({ TIDEGAUGE_SERVER_SECRET: '', TIDEGAUGE_SERVER_SECRET_FILE: '' }), undefined)
  })

  test('[OP-20] both at once, an empty file and one that cannot be read are told, without the secret', () => {
    const bad: Record<string, string>[] = [
      { TIDEGAUGE_SERVER_SECRET: 'hush', TIDEGAUGE_SERVER_SECRET_FILE: file('two', 'hush') },
      { TIDEGAUGE_SERVER_SECRET_FILE: file('empty', ' \n') },
      { TIDEGAUGE_SERVER_SECRET_FILE: join(directory, 'missing') },
    ]
    for (const env of bad) {
      assert.throws(
        () => configFrom(env),
        (error: Error) =>
          error instanceof ConfigError && /_FILE/.test(error.message) && !/hush/.test(error.message),
      )
    }
  })
})
