import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { serve } from './process.ts'

const SECRET = 'hush-hush-not-a-word'

test('[OP-20] a server started with a secret takes services, and keeps the secret to itself', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tidegauge-e2e-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'secret')
  await writeFile(file, `${SECRET}\n`, { mode: 0o600 })
  for (const env of [{ TIDEGAUGE_SERVER_SECRET: SECRET }, { TIDEGAUGE_SERVER_SECRET_FILE: file }]) {
    const server = await serve({ dataDirectory: join(directory, 'data'), env })
    try {
      const signIn = (secret: string) =>
        fetch(`${server.url}/auth/serverlogin`, {
          method: 'POST',
          headers: { 'x-tidepool-server-name': 'importer', 'x-tidepool-server-secret': secret },
        })
      const answer = await signIn(SECRET)
      assert.equal(answer.status, 200)
      const token = answer.headers.get('x-tidepool-session-token') ?? ''
      const own = await fetch(`${server.url}/auth/token/${token}`, {
        headers: { 'x-tidepool-session-token': token },
      })
      assert.equal((await own.json()).isserver, true)
      assert.equal((await signIn('wrong')).status, 401)
      assert.equal(await server.stop('SIGTERM'), 0)
      const said = server.stdout() + server.stderr()
      assert.match(said, /\/auth\/token\/:token/)
      for (const secret of [SECRET, token]) assert.ok(!said.includes(secret))
    } finally {
      await server.stop('SIGTERM')
    }
  }
})
