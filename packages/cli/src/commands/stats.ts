import { type Stats, stats as statsOf, type TargetGroup } from '@tidegauge/stats'
import { Option } from 'commander'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { type NumbersOptions, numbersOptions, recordsOfFile, windowOfFile } from '../numbers/source.ts'
import { statsText } from '../numbers/stats-text.ts'

const groups: Readonly<Record<string, TargetGroup>> = {
  standard: 'standard',
  'high-risk': 'highRisk',
  'pregnancy-type1': 'pregnancyType1',
  pregnancy: 'pregnancy',
}

export const stats = defineCommand<NumbersOptions & { aims: string }, [string | undefined]>({
  usage: 'stats',
  summary: 'time in ranges, mean, spread and the rest, of 14 days or of a time',
  more: 'Without --from and --to it is the 14 days up to the last reading. The numbers are those of GET /v1/users/U/stats; with --json they are not rounded.',
  configure: (command) =>
    numbersOptions(command).addOption(
      new Option(
        '--aims <group>',
        'whose aims: of most people, of older ones and those at risk, in pregnancy',
      )
        .choices(Object.keys(groups))
        .default('standard'),
    ),
  async run(terminal, { json, aims, ...options }, file) {
    const numbers =
      file === undefined
        ? await ofServer(await connect(terminal), options)
        : await ofFile(await recordsOfFile(terminal, file), options)
    const shape = { columns: terminal.err.columns, aims: groups[aims] ?? 'standard' }
    if (json) terminal.out.line(JSON.stringify(numbers))
    else for (const line of statsText(numbers, shape)) terminal.out.line(line)
    return undefined
  },
})

async function ofServer(
  { client }: Awaited<ReturnType<typeof connect>>,
  { user, zone, ...window }: NumbersOptions,
): Promise<Stats> {
  return (await client.stats({ ...window, timeZone: zone, userId: user })) as unknown as Stats
}

function ofFile(records: Awaited<ReturnType<typeof recordsOfFile>>, options: NumbersOptions): Stats {
  return statsOf(records, windowOfFile(records, options), options.units ?? 'mg/dL')
}
