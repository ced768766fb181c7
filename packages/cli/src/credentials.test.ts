import assert from 'node:assert/strict'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { CredentialsFile } from './credentials.ts'
import { configDirectory } from './directories.ts'
import { Failure } from './failure.ts'
import { commandLine } from './testing/command-line.ts'

const login = {
  server: 'http://127.0.0.1:8009',
  session: { token: 'secret', userId: '0123456789', username: 'ada@example.org' },
}
const isWindows = process.platform === 'win32'

describe('the credentials file', () => {
  test('[CLI-13] it lives where the platform keeps settings, unless TIDEGAUGE_CONFIG says otherwise', () => {
    assert.equal(configDirectory({}, 'linux', '/home/ada'), '/home/ada/.config/tidegauge')
    assert.equal(configDirectory({ XDG_CONFIG_HOME: '/x' }, 'linux', '/home/ada'), '/x/tidegauge')
    assert.equal(
      configDirectory({}, 'darwin', '/Users/ada'),
      '/Users/ada/Library/Application Support/tidegauge',
    )
    assert.equal(configDirectory({ APPDATA: '/r' }, 'win32', '/u'), join('/r', 'tidegauge'))
    assert.equal(configDirectory({}, 'win32', '/u'), join('/u', 'AppData', 'Roaming', 'tidegauge'))
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      assert.equal(configDirectory({ TIDEGAUGE_CONFIG: '/mine', APPDATA: '/r' }, platform, '/u'), '/mine')
    }
  })

  test('[CLI-10] it is written whole, mode 0600 in a directory of mode 0700, and read back', {
    skip: isWindows && 'POSIX modes',
  }, async (t) => {
    const { env, config } = await commandLine(t)
    const file = new CredentialsFile({ env, platform: process.platform })
    assert.equal(await file.read(), undefined)
    await file.write(login)
    assert.deepEqual(await file.read(), login)
    await file.write({ ...login, session: { ...login.session, token: 'newer' } })
    assert.equal((await file.read())?.session.token, 'newer')
    assert.deepEqual(await readdir(config), ['credentials.json'], 'a draft was left')
    assert.equal((await stat(file.path)).mode & 0o777, 0o600)
    assert.equal((await stat(config)).mode & 0o777, 0o700)
    await file.remove()
    await file.remove()
    assert.equal(await file.read(), undefined)
  })

  test('[CLI-10] a write that fails leaves the old file and no draft', {
    skip: isWindows ? 'POSIX modes' : process.getuid?.() === 0 && 'root may write anywhere',
  }, async (t) => {
    const { env, config } = await commandLine(t)
    const file = new CredentialsFile({ env, platform: process.platform })
    await file.write(login)
    await chmod(config, 0o500)
    await assert.rejects(file.write({ ...login, server: 'x' }))
    await chmod(config, 0o700)
    assert.deepEqual(await file.read(), login)
  })

  for (const mode of [0o640, 0o604, 0o660, 0o644]) {
    test(`[CLI-12] one that others can read (${mode.toString(8)}) is refused, with what to do`, {
      skip: isWindows && 'POSIX modes',
    }, async (t) => {
      const { env } = await commandLine(t)
      const file = new CredentialsFile({ env, platform: process.platform })
      await file.write(login)
      await chmod(file.path, mode)
      await assert.rejects(
        file.read(),
        (error) => error instanceof Failure && /chmod 600/.test(error.message),
      )
    })
  }

  for (const text of ['', '{', 'null', '[]', '{"server":1}', '{"server":"x","userId":"y"}']) {
    test(`[CLI-12] a damaged one is named and nothing of it quoted: ${text}`, async (t) => {
      const { env, config } = await commandLine(t)
      const file = new CredentialsFile({ env, platform: process.platform })
      await mkdir(config, { recursive: true })
      await writeFile(file.path, text, { mode: 0o600 })
      await assert.rejects(
        file.read(),
        (error) => error instanceof Failure && error.message.includes(file.path),
      )
      assert.equal(await readFile(file.path, 'utf8'), text)
    })
  }
})
