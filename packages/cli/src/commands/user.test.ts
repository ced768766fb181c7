import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commandLine } from '../testing/command-line.ts'

const env = { TIDEGAUGE_PASSWORD: 'correct:horse' }

for (const how of ['beside a running server', 'without a server'] as const) {
  test(`[CLI-57] accounts are listed, given passwords and removed, ${how}`, async (t) => {
    const { run, start, directory } = await commandLine(t)
    const data = ['--data', `${directory}/data`]
    const server = how === 'beside a running server' ? start(['serve', '--port', '0', ...data]) : undefined
    await server?.says('Tidegauge is ready')
    const user = (args: string[], more: Record<string, string> = env) =>
      run(['user', ...args, ...data], { env: more })

    const none = await user(['list'])
    assert.deepEqual([none.code, none.stdout], [0, ''])
    assert.match(none.stderr, /no accounts yet/)
    const ada = JSON.parse((await user(['add', 'ada@example.org', '--json'])).stdout)
    await user(['add', 'bo@example.org'])
    const listed = JSON.parse((await user(['list', '--json'])).stdout)
    assert.deepEqual(listed[0], ada)
    assert.deepEqual(Object.keys(ada), ['userId', 'username', 'roles', 'emailVerified', 'createdTime'])
    assert.match(
      (await user(['list'])).stdout,
      /^Address\tUser id\tRoles\tVerified\tMade\nada@example\.org\t/,
    )

    const passwd = await user(['passwd', 'ADA@example.org'], { TIDEGAUGE_PASSWORD: 'another:horse' })
    assert.deepEqual(
      [passwd.code, passwd.stdout],
      [0, 'ada@example.org has a new password, and has to log in again everywhere.\n'],
    )
    const short = await user(['passwd', 'ada@example.org'], { TIDEGAUGE_PASSWORD: 'short' })
    assert.equal(short.code, 1)
    assert.match(short.stderr, /^Nothing was changed: .*password 8 to 72 characters/)

    const unsure = await user(['remove', 'ada@example.org'])
    assert.deepEqual([unsure.code, unsure.stderr], [2, 'Nothing was removed. Say --yes if you mean it.\n'])
    const removed = await user(['remove', ada.userId, '--yes'])
    assert.deepEqual(
      [removed.code, removed.stdout],
      [0, 'Removed ada@example.org and everything in that account.\n'],
    )
    const again = await user(['remove', 'ada@example.org', '--yes'])
    assert.equal(again.code, 1)
    assert.match(again.stderr, /there is no account with this address or id/)
    assert.equal(JSON.parse((await user(['list', '--json'])).stdout).length, 1)
  })
}
