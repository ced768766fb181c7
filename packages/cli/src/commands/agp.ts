import { writeFile } from 'node:fs/promises'
import { type Profile, profile, profileSvg } from '@tidegauge/stats'
import { InvalidArgumentError } from 'commander'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { describe } from '../explain.ts'
import { exit, Failure, isSystemError } from '../failure.ts'
import { pngOf } from '../numbers/png.ts'
import { type NumbersOptions, numbersOptions, recordsOfFile, windowOfFile } from '../numbers/source.ts'
import { printTable } from '../table.ts'

interface Options extends NumbersOptions {
  svg?: string
  png?: string
  binMinutes?: number
  percentiles?: number[]
}

export const agp = defineCommand<Options, [string | undefined]>({
  usage: 'agp',
  summary: 'the profile of a day: percentiles by time of day, as a table or a picture',
  more: 'Without --from and --to it is the 14 days up to the last reading.',
  configure: (command) =>
    numbersOptions(command)
      .option('--svg <file>', 'draw it into a file, for the screen and for paper')
      .option('--png <file>', 'the same, in pixels')
      .option('--bin-minutes <minutes>', 'how long a bin is: 60 or 15 is usual', binMinutesOf)
      .option('--percentiles <list>', 'which, ascending: 5,25,50,75,95', percentilesOf),
  async run(terminal, { json, svg, png, user, binMinutes, percentiles, ...window }, file) {
    const shape = { binMinutes, percentiles }
    let numbers: Profile
    if (file === undefined) {
      const { client } = await connect(terminal)
      numbers = (await client.agp({
        ...window,
        ...shape,
        timeZone: window.zone,
        userId: user,
      })) as unknown as Profile
    } else {
      const records = await recordsOfFile(terminal, file)
      numbers = profile(records.cbg, {
        ...windowOfFile(records, window),
        ...shape,
        units: window.units ?? 'mg/dL',
      })
    }
    const picture = profileSvg(numbers)
    if (svg !== undefined) await write(svg, picture)
    if (png !== undefined) await write(png, await pngOf(picture))
    if (json) terminal.out.line(JSON.stringify(numbers))
    else if (svg !== undefined || png !== undefined) {
      for (const name of [svg, png]) if (name !== undefined) terminal.err.line(`Drawn into ${name}.`)
    } else printTable(terminal.out, ...table(numbers))
    if (numbers.reason !== undefined) terminal.err.line(`Read with care: ${numbers.reason}.`)
    return undefined
  },
})

function table({ bins, percentiles, units }: Profile): [string[], string[][]] {
  const shown = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : value.toFixed(units === 'mg/dL' ? 0 : 1)
  const clock = (minute: number) =>
    [minute / 60, minute % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':')
  return [
    ['From', 'Readings', ...percentiles.map((percent) => `${percent} %`)],
    bins.map((bin) => [
      clock(bin.minute),
      String(bin.n),
      ...percentiles.map((percent) => shown(bin[`p${percent}`])),
    ]),
  ]
}

async function write(name: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(name, content)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new Failure(`${name} cannot be written: ${describe(error)}.`, exit.failed, { cause: error })
  }
}

function binMinutesOf(text: string): number {
  const minutes = Number(text)
  if (Number.isInteger(minutes) && minutes >= 5 && minutes <= 120 && 1440 % minutes === 0) return minutes
  throw new InvalidArgumentError('It must be 5 to 120 minutes, and a day a whole number of them.')
}

function percentilesOf(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const fits = values.every(
    (value, n) => value >= 0 && value <= 100 && (n === 0 || value > (values[n - 1] as number)),
  )
  if (fits && values.length <= 20) return values
  throw new InvalidArgumentError('It must be numbers between 0 and 100, ascending, with commas between them.')
}
