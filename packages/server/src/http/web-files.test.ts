import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startWorld, type World } from '../testing/world.ts'

describe('the files of the page', () => {
  let world: World
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tidegauge-web-'))
    await mkdir(join(directory, 'web', 'assets'), { recursive: true })
    await writeFile(join(directory, 'secret.html'), 'not of the page')
    await writeFile(join(directory, 'web', 'index.html'), '<!doctype html>page')
    await writeFile(join(directory, 'web', '.hidden.html'), 'hidden')
    await writeFile(join(directory, 'web', 'source.map'), '{}')
    await writeFile(join(directory, 'web', 'assets', 'app-1.js'), 'run()')
    world = await startWorld({ webDirectory: join(directory, 'web') })
  })
  after(async () => {
    await world[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })
  const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  /** As it stands, which `fetch` would tidy up. */
  const raw = (path: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(`${world.url}${path}`, { path, headers: html }, (answer) => {
        let text = ''
        answer.on('data', (piece) => {
          text += piece
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      sent.on('error', reject).end()
    })

  test('[WE-1] a browser that opens a page gets it, at whatever path; anything else an unknown path as before', async () => {
    for (const path of ['/', '/day?from=2026-01-01', '/patterns']) {
      const answer = await world.send('GET', path, { headers: html })
      assert.deepEqual([answer.status, answer.text], [200, '<!doctype html>page'])
      assert.match(
        answer.headers.get('content-security-policy') ?? '',
        /default-src 'none'; script-src 'self'/,
      )
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
      const program = await world.send('GET', path, { headers: { accept: 'application/json' } })
      assert.equal(program.status, 404)
      assert.equal((await world.send('POST', path, { headers: html, body: {} })).status, 404)
    }
    const known = await world.send('GET', '/v1/time', { headers: html })
    assert.equal(typeof known.json.data.time, 'string')
  })

  test('[WE-2] assets are for ever, the page is asked for anew', async () => {
    const asset = await world.send('GET', '/assets/app-1.js')
    assert.deepEqual([asset.status, asset.text], [200, 'run()'])
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.match(asset.headers.get('content-type') ?? '', /^text\/javascript/)
    const page = await world.send('GET', '/index.html')
    assert.equal(page.headers.get('cache-control'), 'no-cache')
    assert.equal((await world.send('GET', '/assets/app-2.js', { headers: html })).status, 404)
  })

  const outside = [
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets/../../secret.html',
    '/.hidden.html',
    '/%00',
    '//secret.html',
    '/source.map',
  ]
  for (const path of outside) {
    test(`[WE-3] nothing but the page’s own files: ${path}`, async () => {
      const { text } = await raw(path)
      assert.equal(/not of the page|hidden|^\{\}$/.test(text), false)
    })
  }
})
