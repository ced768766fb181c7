import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { createClient } from '@tidegauge/client'
import { type Profile, profile, type Stats, stats } from '@tidegauge/stats'
import { logIn, password, serving, username } from '../testing/serving.ts'

/** Somebody who does not exist, on a server and in a file. */
async function withData(t: Parameters<typeof serving>[0]) {
  const world = await serving(t)
  await logIn(world)
  const file = join(world.directory, 'person.ndjson')
  const made = await world.run(['synth', '--days', '20', '--zone', 'Europe/Berlin'])
  assert.equal(made.code, 0, made.stderr)
  await writeFile(file, made.stdout)
  const sent = await world.run(['upload', file])
  assert.equal(sent.code, 0, sent.stderr)
  const client = createClient({ baseUrl: world.url })
  const { token, userId } = await client.login({ username, password })
  return { ...world, file, client, token, userId }
}

/** As JSON has it: what is counted twice may differ in the last digit. */
function agrees(actual: unknown, expected: unknown, path = ''): void {
  if (typeof expected === 'number' && typeof actual === 'number') {
    assert.ok(
      Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
      `${path}: ${actual}, ${expected}`,
    )
  } else if (typeof expected === 'object' && expected !== null) {
    assert.deepEqual(Object.keys(actual as object), Object.keys(expected), path)
    for (const [key, value] of Object.entries(expected)) {
      agrees((actual as Record<string, unknown>)[key], value, `${path}.${key}`)
    }
  } else assert.equal(actual, expected, path)
}

test('[CLI-90] terminal, file, SDK and HTTP say the same of the same window', async (t) => {
  const { run, url, file, client, token, userId } = await withData(t)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  const records = lines.map((line) => JSON.parse(line))
  const lastMs = Math.max(
    ...records.flatMap((one: Record<string, string>) =>
      one.type === 'cbg' ? [Date.parse(one.time ?? '')] : [],
    ),
  )
  const [from, to] = [new Date(lastMs - 10 * 86_400_000), new Date(lastMs - 86_400_000)]
  for (const units of ['mg/dL', 'mmol/L'] as const) {
    const query = { from: from.toISOString(), to: to.toISOString(), timeZone: 'Europe/Berlin', units }
    const flags = [
      '--from',
      query.from,
      '--to',
      query.to,
      '--zone',
      query.timeZone,
      '--units',
      units,
      '--json',
    ]
    const overHttp = async (name: string): Promise<Stats & Profile> => {
      const headers = { 'x-tidepool-session-token': token }
      const answer = await fetch(`${url}/v1/users/${userId}/${name}?${new URLSearchParams(query)}`, {
        headers,
      })
      return (await answer.json()) as Stats & Profile
    }
    const printed = async (...args: string[]) => JSON.parse((await run([...args, ...flags])).stdout)

    const expected = await overHttp('stats')
    assert.ok(expected.n > 2000 && expected.insulin && expected.mage && expected.episodes.above180.count > 0)
    assert.deepEqual(await printed('stats'), expected)
    assert.deepEqual(await client.stats({ ...query, from, to }), expected)
    agrees(await printed('stats', file), expected)
    const inProcess = stats(
      {
        cbg: records.filter((one: { type: string }) => one.type === 'cbg'),
        smbg: records.filter((one: { type: string }) => one.type === 'smbg'),
        doses: records,
      },
      { fromMs: from.getTime(), toMs: to.getTime(), timeZone: query.timeZone },
      units,
    )
    agrees(JSON.parse(JSON.stringify(inProcess)), expected)

    const shape = await overHttp('agp')
    assert.deepEqual(await printed('agp'), shape)
    assert.deepEqual(await client.agp({ ...query, from, to }), shape)
    agrees(await printed('agp', file), shape)
    const cbg = records.filter((one: { type: string }) => one.type === 'cbg')
    const window = { fromMs: from.getTime(), toMs: to.getTime(), timeZone: query.timeZone }
    agrees(JSON.parse(JSON.stringify(profile(cbg, { ...window, units }))), shape)
  }
})

test('[CLI-91] people see a line each, with bars; the same whether of the server or of a file', async (t) => {
  const { run, file } = await withData(t)
  const { code, stdout } = await run(['stats', '--zone', 'Europe/Berlin'])
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^Glucose in mg\/dL, \d{4}-\d\d-\d\d \d\d:\d\d to .* \(Europe\/Berlin\)\n[\d,]+ readings; /,
  )
  assert.match(stdout, /\n● {2}target {5}70 to 180 +\d+\.\d % {2}█+\n/)
  assert.match(stdout, /\n[✓✗] 70 to 180: more than 70 % +\d+\.\d %\n/)
  const risk = await run(['stats', file, '--aims', 'high-risk'])
  assert.match(risk.stdout, /\n[✓✗] 70 to 180: more than 50 % /)
  assert.match(
    (await run(['stats', file, '--aims', 'pregnancy-type1'])).stdout,
    /\n[✓✗] 63 to 140: more than 70 % /,
  )
  assert.match(stdout, /\nMean +\d+ mg\/dL\nGMI +\d\.\d %\n/)
  assert.match(stdout, /\nInsulin +\d+\.\d U a day, of \d+ days with data; \d+ % basal\n/)
  assert.match(stdout, /Not a medical device\. No dosing advice\.\n$/)
  assert.equal((await run(['stats', file, '--zone', 'Europe/Berlin'])).stdout, stdout)
  const mmol = (await run(['stats', '--units', 'mmol/L'])).stdout
  assert.match(mmol, /\n● {2}target {5}3\.9 to 10\.0 /)
  assert.match(mmol, /\nMean +\d+\.\d mmol\/L\n/)
})

test('[CLI-92] too little to go by is said, and nothing invented', async (t) => {
  const { run } = await serving(t)
  const none = await run(['stats', '-'], { stdin: '[]' })
  assert.match(none.stdout, /\nThere are no readings\.\n/)
  const one = { type: 'cbg', time: '2026-01-05T10:00:00Z', value: 100, units: 'mg/dL', deviceId: 'x' }
  const { stdout } = await run(['stats', '-', '--zone', 'UTC'], { stdin: JSON.stringify([one]) })
  assert.match(stdout, /\nGMI +not shown: there are 0 percent of the readings of 14 days, and it needs 70\n/)
  assert.match(stdout, /\nSpread +SD none, CV none\n/)
  const refused = await run(['stats', '-', '--from', '2026-02-01', '--to', '2026-01-01'], { stdin: '[]' })
  assert.deepEqual(
    [refused.code, refused.stderr],
    [1, 'Nothing is counted: the end is not after the beginning.\n'],
  )
  assert.equal((await run(['stats', '--zone', 'Mars/Olympus'])).code, 2)
  assert.equal((await run(['agp', '--bin-minutes', '7'])).code, 2)
  const broken = await run(['stats', '-'], { stdin: '[{"type":"cbg",' })
  assert.equal(broken.code, 1)
})

test('[CLI-93] agp is a table, or a picture in a file', async (t) => {
  const { run, directory } = await withData(t)
  const { stdout } = await run(['agp', '--bin-minutes', '30', '--percentiles', '10,50,90'])
  assert.match(stdout, /^From\tReadings\t10 %\t50 %\t90 %\n00:00\t\d+\t\d+\t\d+\t\d+\n00:30\t/)
  assert.equal(stdout.trimEnd().split('\n').length, 49)
  const [svg, png] = [join(directory, 'profile.svg'), join(directory, 'profile.png')]
  const drawn = await run(['agp', '--svg', svg, '--png', png])
  assert.deepEqual([drawn.code, drawn.stdout], [0, ''])
  assert.equal(drawn.stderr, `Drawn into ${svg}.\nDrawn into ${png}.\n`)
  assert.match(
    await readFile(svg, 'utf8'),
    /^<svg .*<desc[^>]*>The median is lowest with \d+ mg&#47;dL|^<svg [\s\S]*The median is lowest with \d+ mg\/dL at \d\d:\d\d/,
  )
  const pixels = await readFile(png)
  assert.deepEqual([...pixels.subarray(1, 4)], [...Buffer.from('PNG')])
  assert.equal(pixels.readUInt32BE(16), 1920)
  const elsewhere = await run(['agp', '--svg', join(directory, 'no', 'where.svg')])
  assert.equal(elsewhere.code, 1)
  assert.match(elsewhere.stderr, /cannot be written/)
})
