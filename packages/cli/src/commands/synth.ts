import { type SynthOptions, synthesize } from '@tidegauge/model/synth'
import { Option } from 'commander'
import { defineCommand, wholeNumber } from '../command.ts'
import { exit, Failure } from '../failure.ts'

interface Options {
  days: number
  seed: number
  start?: string
  zone: string
  units: SynthOptions['units']
}

export const synth = defineCommand<Options>({
  usage: 'synth',
  summary: 'write the data of a person who does not exist, for tests and demonstrations',
  more:
    'Writes one record on each line: cbg, smbg, basal, bolus and food. A day of a person is the ' +
    'same whenever it is asked for.\n\n  tidegauge synth --days 90 | tidegauge upload -',
  configure: (command) =>
    command
      .requiredOption('--days <n>', 'how many days', wholeNumber(1, 36_525))
      .option('--seed <n>', 'which person; the same number is the same person', wholeNumber(0), 1)
      .option('--start <date>', 'first day, YYYY-MM-DD (default: so that yesterday is the last)')
      .option('--zone <name>', 'time zone that the person lives in', 'America/New_York')
      .addOption(
        new Option('--units <units>', 'what glucose is written in')
          .choices(['mg/dL', 'mmol/L'])
          .default('mg/dL'),
      ),
  async run({ out }, { days, seed, start, zone, units }) {
    const records = begin({ days, seed, start: start ?? daysBeforeToday(days, zone), timezone: zone, units })
    let lines = ''
    for (const record of records) {
      lines += `${JSON.stringify(record)}\n`
      if (lines.length < 65_536) continue
      await out.pour(lines)
      lines = ''
    }
    await out.pour(lines)
    return undefined
  },
})

/** Faults of the options show at the first record. */
function* begin(options: SynthOptions): Generator<object> {
  try {
    yield* synthesize(options)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw unusable(error)
  }
}

function daysBeforeToday(days: number, zone: string): string {
  try {
    return Temporal.Now.plainDateISO(zone).subtract({ days }).toString()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw unusable(error)
  }
}

function unusable(cause: RangeError): Failure {
  const what = '--start must be a date such as 2026-01-31, and --zone a time zone such as Europe/Berlin.'
  return new Failure(what, exit.usage, { cause })
}
