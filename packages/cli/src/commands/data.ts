import { Option } from 'commander'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { instantOf } from '../time-span.ts'

interface Options {
  type?: string[]
  subType?: string[]
  from?: Date
  to?: Date
  device?: string
  upload?: string
  latest?: boolean
  user?: string
  format: 'ndjson' | 'json'
}

export const data = defineCommand<Options>({
  usage: 'data',
  summary: 'read data back',
  more: "Glucose is in mmol/L, whatever it was sent in. Dates are those of this machine's calendar.",
  configure: (command) =>
    command
      .option('--type <types>', 'only these types: cbg,smbg', list)
      .option('--sub-type <subtypes>', 'only these subtypes', list)
      .option('--from <time>', 'the earliest: a date, or a time with its zone', instantOf('from'))
      .option('--to <time>', 'the latest: a date (to its end), or a time with its zone', instantOf('to'))
      .option('--device <id>', 'only from this device')
      .option('--upload <id>', 'only from this data set')
      .option('--latest', 'only the newest record of each type')
      .option('--user <id>', 'the data of somebody who shares them with you')
      .addOption(
        new Option('--format <format>', 'a record on each line, or one JSON array')
          .choices(['ndjson', 'json'])
          .default('ndjson'),
      ),
  async run(terminal, options) {
    const { client } = await connect(terminal, { retry: { maxTries: 2 } })
    // The route of the data answers an ended session as if these were somebody else's data.
    await client.whoAmI()
    const records = client.readData({
      types: options.type,
      subTypes: options.subType,
      from: options.from,
      to: options.to,
      deviceId: options.device,
      dataSetId: options.upload,
      latest: options.latest,
      userId: options.user,
    })
    const { open, between, close } = options.format === 'json' ? array : lines
    let text = open
    let count = 0
    try {
      for await (const record of records) {
        text += `${count++ === 0 ? '' : between}${JSON.stringify(record)}`
        if (text.length < 65_536) continue
        await terminal.out.pour(text)
        text = ''
      }
      text += count === 0 && options.format === 'ndjson' ? '' : close
    } finally {
      // Of an answer that is cut off, what came is shown.
      await terminal.out.pour(text)
    }
    return undefined
  },
})

const lines = { open: '', between: '\n', close: '\n' }
const array = { open: '[\n', between: ',\n', close: '\n]\n' }

function list(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').filter((item) => item !== '')]
}
