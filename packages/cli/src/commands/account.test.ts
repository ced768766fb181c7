import assert from 'node:assert/strict'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { commandLine } from '../testing/command-line.ts'
import { account, scriptedServer } from '../testing/scripted-server.ts'

const { username, password, token, userId } = account

describe('login, logout, whoami', () => {
  test('[CLI-10] login keeps server, account and token in a file of mode 0600, and the password nowhere', async (t) => {
    const { run, config } = await commandLine(t)
    const server = await scriptedServer(t)
    const { code, stdout, stderr } = await run(['login', '--server', server.url, '--username', username], {
      env: { TIDEGAUGE_PASSWORD: password },
    })
    assert.deepEqual(
      { code, stdout, stderr },
      { code: 0, stdout: `Logged in to ${server.url} as ${username}.\n`, stderr: '' },
    )
    const path = join(config, 'credentials.json')
    const text = await readFile(path, 'utf8')
    assert.deepEqual(JSON.parse(text), { server: server.url, userId, username, token })
    assert.doesNotMatch(text, new RegExp(password))
    if (process.platform === 'win32') return
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal((await stat(config)).mode & 0o777, 0o700)
  })

  test('[CLI-11] the password may come from the first line of a file', async (t) => {
    const { run, file } = await commandLine(t)
    const server = await scriptedServer(t)
    const args = ['login', '--server', server.url, '--username', username, '--password-file']
    assert.equal((await run([...args, await file('p', `${password}\n`)])).code, 0)
    assert.equal((await run([...args, await file('p', `${password}\r\nmore\n`)])).code, 0)
    const wrong = await run([...args, await file('p', 'wrong')], { env: { TIDEGAUGE_PASSWORD: password } })
    assert.equal(wrong.code, 1, 'the file goes before the environment')
    assert.equal(
      wrong.stderr,
      'The server does not accept this user name and password. Check both and try again.\n',
    )
    for (const path of [await file('p', '\n'), '/nowhere']) assert.equal((await run([...args, path])).code, 2)
  })

  test('[CLI-11] without a terminal, a file and the environment, it says where a password may come from', async (t) => {
    const { run } = await commandLine(t)
    const { code, stderr } = await run(['login', '--username', username], { stdin: `${password}\n` })
    assert.equal(code, 2)
    assert.match(stderr, /--password-file FILE or set TIDEGAUGE_PASSWORD/)
  })

  test('[CLI-11] a password for another machine without encryption is warned of', async (t) => {
    const { run } = await commandLine(t)
    const { stderr } = await run(['login', '--server', 'http://tide.invalid', '--username', username], {
      env: { TIDEGAUGE_PASSWORD: password },
    })
    assert.match(stderr, /^Warning: http:\/\/tide\.invalid is not encrypted/)
  })

  test('[CLI-16] whoami asks the server; --json is an object', async (t) => {
    const { run, logInTo } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    assert.deepEqual(await run(['whoami']), {
      code: 0,
      stdout: `${username} (${userId}) at ${server.url}\n`,
      stderr: '',
    })
    assert.deepEqual(JSON.parse((await run(['whoami', '--json'])).stdout), {
      server: server.url,
      userId,
      username,
    })
    assert.deepEqual([...new Set(server.tokensSeen)], [token])
  })

  test('[CLI-12] credentials that others can read are refused, with what to do', {
    skip: process.platform === 'win32',
  }, async (t) => {
    const { run, logInTo, config } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    await chmod(join(config, 'credentials.json'), 0o644)
    const { code, stderr } = await run(['whoami'])
    assert.equal(code, 1)
    assert.match(stderr, /^Others can read .*: chmod 600 '.*credentials\.json'\n$/)
    assert.deepEqual(server.requests, [])
  })

  test('[CLI-14] a token that has run out is replaced with the password of the environment, and kept', async (t) => {
    const { run, logInTo, config } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    server.handlers['GET /auth/user'] = () =>
      server.tokensSeen.at(-1) === token ? { status: 401, body: {} } : undefined
    server.handlers['POST /auth/login'] = () => ({
      status: 200,
      headers: { 'x-tidepool-session-token': 'token-2' },
      body: { userid: userId, username },
    })
    assert.match(
      (await run(['whoami'])).stderr,
      /^Your session has ended\. Log in again: tidegauge login --username ADDRESS\n$/,
    )
    assert.equal((await run(['whoami'], { env: { TIDEGAUGE_PASSWORD: password } })).code, 0)
    assert.equal(JSON.parse(await readFile(join(config, 'credentials.json'), 'utf8')).token, 'token-2')
    assert.equal((await run(['whoami'])).code, 0)
  })

  test('[CLI-15] logout revokes the token and removes the file', async (t) => {
    const { run, logInTo, config } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    assert.deepEqual(await run(['logout']), { code: 0, stdout: `Logged out of ${server.url}.\n`, stderr: '' })
    assert.deepEqual(server.requests, ['POST /auth/logout'])
    assert.deepEqual(server.tokensSeen, [token])
    await assert.rejects(readFile(join(config, 'credentials.json')), { code: 'ENOENT' })
    assert.deepEqual(await run(['logout']), { code: 0, stdout: 'Nobody is logged in.\n', stderr: '' })
  })

  test('[CLI-15] logout where the server says no still forgets the session here, says so, and ends with 3', async (t) => {
    const { run, logInTo, config } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    server.handlers['POST /auth/logout'] = () => ({ status: 501 })
    const { code, stdout, stderr } = await run(['logout'])
    assert.deepEqual({ code, stdout }, { code: 3, stdout: `Logged out of ${server.url}.\n` })
    assert.match(stderr, /stays valid until it runs out/)
    await assert.rejects(readFile(join(config, 'credentials.json')), { code: 'ENOENT' })
  })
})

describe('status and data-sets', () => {
  test('[CLI-17] status says where the server is, who is logged in and how old the data are; never what they say', async (t) => {
    const { run, logInTo } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    const time = new Date(Date.now() - 7 * 60_000).toISOString()
    server.stored.set('a', { type: 'cbg', time, value: 6.161 })
    server.dataSets.push({ id: 'f'.repeat(32) })
    const { code, stdout, stderr } = await run(['status'])
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.equal(
      stdout,
      [
        `Server     ${server.url}: ok, Tidegauge 9.9.9`,
        `Account    ${username}`,
        'Data sets  1',
        'Newest     cbg    7 min old',
        '',
      ].join('\n'),
    )
    const { newest, ...rest } = JSON.parse((await run(['status', '--json'])).stdout)
    assert.deepEqual(rest, {
      server: server.url,
      reachable: true,
      status: 'ok',
      software: 'Tidegauge',
      version: '9.9.9',
      account: username,
      dataSets: 1,
    })
    assert.deepEqual(newest, [{ type: 'cbg', ageMinutes: 7 }])
  })

  test('[CLI-17] status of a server that does not answer is code 1', async (t) => {
    const { run, logInTo } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    await server.close()
    const { code, stdout } = await run(['status'])
    assert.equal(code, 1)
    assert.match(stdout, /^Server +http:\/\/127\.0\.0\.1:\d+: not reachable$/m)
  })

  test('[CLI-18] data-sets is a table, and one object on each line with --json', async (t) => {
    const { run, logInTo } = await commandLine(t)
    const server = await scriptedServer(t)
    await logInTo(server.url)
    const empty = await run(['data-sets'])
    assert.equal(empty.stdout, '')
    assert.match(empty.stderr, /^There are no data sets yet/)
    const dataSet = {
      id: 'f'.repeat(32),
      client: { name: 'org.example\u001b[31m' },
      dataSetType: 'continuous',
      createdTime: '2026-01-05T10:00:00.123Z',
    }
    server.dataSets.push(dataSet)
    const { stdout } = await run(['data-sets'])
    assert.deepEqual(stdout.split('\n'), [
      'id\tmade by\tkind\tcreated\tdevices\t',
      `${dataSet.id}\torg.example?[31m\tcontinuous\t2026-01-05 10:00\t\t`,
      '',
    ])
    assert.deepEqual(JSON.parse((await run(['data-sets', '--json'])).stdout), dataSet)
  })
})
