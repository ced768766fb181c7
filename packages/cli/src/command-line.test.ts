import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { BIN, commandLine } from './testing/command-line.ts'

describe('the program', () => {
  for (const version of ['0.12.18', '18.20.4', '25.9.0']) {
    test(`[CLI-1] under Node ${version} it exits 2 and says what to do`, async (t) => {
      const { file } = await commandLine(t)
      const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
      const preload = await file('pretend.cjs', pretend)
      const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', preload, BIN, 'whoami'], {
        encoding: 'utf8',
      })
      assert.equal(status, 2)
      assert.equal(stdout, '')
      assert.match(
        stderr,
        new RegExp(`needs Node 26 or newer, and this is Node ${version.replaceAll('.', '\\.')}`),
      )
      assert.match(stderr, /npm ci/)
      assert.match(stderr, /npm start/)
      assert.match(stderr, /npx tidegauge/)
    })
  }

  test('[CLI-1] what runs before the check uses nothing that an old Node cannot read', async () => {
    const { readFile } = await import('node:fs/promises')
    for (const name of ['tidegauge.js', 'require-node.js']) {
      const source = await readFile(new URL(`../bin/${name}`, import.meta.url), 'utf8')
      const code = source.replace(/^#!.*/, '').replace(/\/\/.*/g, '')
      assert.doesNotMatch(code, /\b(?:import|export|const|let|class|async|await)\b|=>|`|\?\.|\?\?/, name)
    }
  })

  test('[CLI-2] help goes to standard output and ends with 0; it lists every command and exit code', async (t) => {
    const { run } = await commandLine(t)
    const { code, stdout, stderr } = await run(['--help'])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    for (const word of [
      'serve',
      'login',
      'logout',
      'whoami',
      'user',
      'upload',
      'data',
      'data-sets',
      'quarantine',
      'status',
      'synth',
    ]) {
      assert.match(stdout, new RegExp(`^  ${word}\\b`, 'm'), word)
    }
    for (const exitCode of ['0 ', '1 ', '2 ', '3 ', '130'])
      assert.match(stdout, new RegExp(`^  ${exitCode}`, 'm'), exitCode)
  })

  for (const args of [
    [],
    ['frobnicate'],
    ['upload'],
    ['upload', '--frobnicate', 'x'],
    ['upload', '--skip', '-1', 'x'],
    ['upload', '--chunk-size', '0', 'x'],
    ['upload', '--chunk-size', '1.5', 'x'],
    ['data', '--format', 'xml'],
    ['data', '--from', 'yesterday'],
    ['data', '--from', '2026-01-31T08:00:00'],
    ['synth'],
    ['synth', '--days', 'ten'],
    ['synth', '--days', '1', '--zone', 'Mars/Olympus'],
    ['synth', '--days', '1', '--start', '2026-02-30'],
    ['login', '--server', 'ftp://example.org', '--username', 'a@example.org'],
    ['login', '--server', 'http://ada:secret@127.0.0.1', '--username', 'a@example.org'],
    ['login', '--username', 'a@example.org'],
    ['login', '--password', 'secret'],
    ['user', 'add'],
    ['serve', '--port', 'eight'],
    ['serve', '--signup', 'perhaps', '--port', '0'],
  ]) {
    test(`[CLI-2] a wrong command line ends with 2 and says so on standard error alone: ${args.join(' ')}`, async (t) => {
      const { run } = await commandLine(t)
      const { code, stdout, stderr } = await run(args)
      assert.equal(code, 2, stderr)
      assert.equal(stdout, '')
      assert.notEqual(stderr, '')
      assert.doesNotMatch(stderr, /^\s+at /m, 'no stack trace')
    })
  }

  for (const command of ['whoami', 'data', 'data-sets', 'upload x.json']) {
    test(`[CLI-4] without a login it says how to log in: ${command}`, async (t) => {
      const { run } = await commandLine(t)
      const { code, stdout, stderr } = await run(command.split(' '))
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' })
      assert.equal(stderr, 'You are not logged in. Log in first: tidegauge login --username ADDRESS\n')
    })
  }
})
