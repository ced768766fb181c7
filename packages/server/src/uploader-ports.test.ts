import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { startWorld } from './testing/world.ts'

const free = { upload: 0, data: 0, pages: 0 }

test('[OP-45] with --uploader the server answers on the Uploader’s other ports too, and shows a page on the last', async () => {
  await using world = await startWorld({ uploaderPorts: free })
  const ada = await world.person()
  const { upload = 0, data = 0, pages = 0 } = world.uploaderPorts ?? {}
  for (const port of [upload, data]) {
    const answer = await fetch(`http://localhost:${port}/v1/users/${ada.userId}/data_sets`, {
      headers: { 'x-tidepool-session-token': ada.token, origin: 'http://localhost' },
    })
    assert.deepEqual([answer.status, await answer.json()], [200, []])
    assert.ok(answer.headers.get('access-control-allow-origin'))
  }
  const open = async (path: string) => {
    const answer = await fetch(`http://localhost:${pages}${path}`)
    return `${answer.status} ${await answer.text()}`
  }
  assert.match(await open('/signup'), /tidegauge user add/)
  assert.match(await open('/request-password-from-uploader'), /tidegauge user passwd/)
  assert.match(await open(`/patients/${ada.userId}/data`), new RegExp(`^200 [\\s\\S]*${world.url}`))
  assert.match(await open('/<script>'), /^404 /)
})

test('[OP-46] a port that is taken is named, and nothing is left listening', async (t) => {
  const other = createServer()
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
  t.after(() => other.close())
  const { port } = other.address() as AddressInfo
  await assert.rejects(startWorld({ uploaderPorts: { ...free, pages: port } }), {
    message: `port ${port} is in use; end what listens there, or leave --uploader out`,
  })
})
