import type { DoseRecord, GlucoseRecord, GlucoseUnits, StatsWindow } from '@tidegauge/stats'
import type { Command } from 'commander'
import { InvalidArgumentError, Option } from 'commander'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'
import { instantOf } from '../time-span.ts'
import { Inputs } from '../upload/inputs.ts'
import { UnreadableRecords } from '../upload/records.ts'

/** What `stats` and `agp` are asked for, of a server's data or of a file. */
export interface NumbersOptions {
  from?: Date
  to?: Date
  zone?: string
  units?: GlucoseUnits
  user?: string
  json?: boolean
}

export function numbersOptions(command: Command): Command {
  return command
    .argument('[file]', 'a file of records instead of the data on the server; - is standard input')
    .option('--from <time>', 'the earliest: a date, or a time with its zone', instantOf('from'))
    .option('--to <time>', 'the end: a date (to its end), or a time with its zone', instantOf('before'))
    .option('--zone <name>', 'whose days and hours: Europe/Berlin', timeZoneOf)
    .addOption(new Option('--units <units>', 'of glucose').choices(['mg/dL', 'mmol/L']))
    .option('--user <id>', 'the data of somebody who shares them with you')
    .option('--json', 'print a JSON object')
}

function timeZoneOf(text: string): string {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId
  } catch {
    throw new InvalidArgumentError('It must be the name of a time zone, such as Europe/Berlin.')
  }
}

const DAY_MS = 86_400_000
const DEFAULT_DAYS = 14
const doseTypes: readonly unknown[] = ['basal', 'bolus', 'insulin', 'wizard', 'food']

export interface RecordsOfFile {
  cbg: GlucoseRecord[]
  smbg: GlucoseRecord[]
  doses: DoseRecord[]
}

/** The records of a file that numbers are made of, as `tidegauge data` prints them. */
export async function recordsOfFile(terminal: Terminal, file: string): Promise<RecordsOfFile> {
  await using inputs = await Inputs.open([file], terminal.stdin, new AbortController().signal)
  const found: RecordsOfFile = { cbg: [], smbg: [], doses: [] }
  try {
    for await (const record of inputs) {
      const { type, origin } = record as { type?: unknown; origin?: { id?: unknown } }
      if (type === 'cbg' || type === 'smbg') {
        const originId = origin?.id
        found[type].push({
          ...withoutNulls<GlucoseRecord>(record),
          ...(typeof originId === 'string' && { originId }),
        })
      } else if (doseTypes.includes(type)) found.doses.push(withoutNulls<DoseRecord>(record))
    }
  } catch (error) {
    if (error instanceof UnreadableRecords) throw new Failure(`${inputs.current}: ${error.message}`)
    throw error
  }
  return found
}

/** Exports of long ago say null where they mean nothing. */
function withoutNulls<T>(record: object): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as T
}

/** The 14 days up to the last reading, if nothing else was said; the zone is that of this machine. */
export function windowOfFile({ cbg, smbg }: RecordsOfFile, { from, to, zone }: NumbersOptions): StatsWindow {
  const lastOf = (records: readonly GlucoseRecord[]) =>
    records.reduce(
      (last, { time }) => Math.max(last, Date.parse(String(time)) || Number.NEGATIVE_INFINITY),
      Number.NEGATIVE_INFINITY,
    )
  const lastMs = Math.max(cbg.length > 0 ? lastOf(cbg) : lastOf(smbg))
  const toMs = to?.getTime() ?? (Number.isFinite(lastMs) ? lastMs + 1 : Date.now())
  const fromMs = from?.getTime() ?? toMs - DEFAULT_DAYS * DAY_MS
  if (fromMs >= toMs) throw new Failure('Nothing is counted: the end is not after the beginning.')
  return { fromMs, toMs, timeZone: zone ?? Temporal.Now.timeZoneId() }
}
