import type { DataSet } from '@tidegauge/client'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { printTable } from '../table.ts'

interface Options {
  clientName?: string
  deleted?: boolean
  user?: string
  json?: boolean
}

export const dataSets = defineCommand<Options>({
  usage: 'data-sets',
  summary: 'list data sets, newest first',
  configure: (command) =>
    command
      .option('--client-name <name>', 'only those of this program')
      .option('--deleted', 'deleted ones too')
      .option('--user <id>', 'those of somebody who shares their data with you')
      .option('--json', 'print one JSON object per line'),
  async run(terminal, { clientName, deleted, user, json }) {
    const { client } = await connect(terminal)
    const found: DataSet[] = []
    for await (const dataSet of client.listDataSets({ clientName, deleted, userId: user })) {
      if (json) await terminal.out.pour(`${JSON.stringify(dataSet)}\n`)
      else found.push(dataSet)
    }
    if (json) return undefined
    if (found.length === 0)
      terminal.err.line('There are no data sets yet. An upload makes one: tidegauge upload FILE')
    else printTable(terminal.out, ['id', 'made by', 'kind', 'created', 'devices', ''], found.map(row))
    return undefined
  },
})

function row(dataSet: DataSet): string[] {
  return [
    dataSet.id,
    dataSet.client?.name ?? '',
    dataSet.dataSetType ?? '',
    dataSet.createdTime?.slice(0, 16).replace('T', ' ') ?? '',
    dataSet.deviceTags?.join(', ') ?? dataSet.deviceId ?? '',
    dataSet.deletedTime ? 'deleted' : '',
  ]
}
