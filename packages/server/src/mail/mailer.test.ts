import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Logger } from '../log.ts'
import { createMailer } from './mailer.ts'

test('[CO-26] a message that cannot be sent is in the log, without its address; nobody waits for it', async () => {
  const lines: unknown[] = []
  const log = {
    error: (fields: object, text: string) => lines.push({ ...fields, text }),
  } as unknown as Logger
  const mailer = createMailer(
    { smtpUrl: 'smtp://user:secret@127.0.0.1:1', from: 'tide@example.org' },
    log,
    Date.now,
  )
  mailer.send({ to: 'ada@example.org', subject: 's', text: 't' })
  await mailer.close()
  assert.equal(lines.length, 1)
  assert.match(JSON.stringify(lines), /a message could not be sent/)
  assert.doesNotMatch(JSON.stringify(lines), /ada|secret/)
})
