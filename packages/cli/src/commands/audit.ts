import type { AuditEntry } from '@tidegauge/client'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { printTable } from '../table.ts'
import { instantOf } from '../time-span.ts'

interface Options {
  from?: Date
  to?: Date
  json?: boolean
}

/** A screen and a bit; more is asked for by its time. */
const MOST_LINES = 200

export const audit = defineCommand<Options>({
  usage: 'audit',
  summary: 'say who read and who changed your data, from where and when',
  more: 'Newest first. Equal things of one hour are one line. The server keeps them for 400 days.',
  configure: (command) =>
    command
      .option('--from <time>', 'from this day or time on', instantOf('from'))
      .option('--to <time>', 'until this day or time', instantOf('to'))
      .option('--json', 'print one JSON object per line, all there are'),
  async run(terminal, { from, to, json }) {
    const { client } = await connect(terminal)
    const shown: AuditEntry[] = []
    for await (const entry of client.auditTrail({ from, to })) {
      if (json) await terminal.out.pour(`${JSON.stringify(entry)}\n`)
      else if (shown.length < MOST_LINES) shown.push(entry)
      else {
        terminal.err.line(`The newest ${MOST_LINES}; for others say --from and --to, or --json for all.`)
        break
      }
    }
    if (!json) printTable(terminal.out, ['when', 'who', 'what', 'times', 'from', 'with'], shown.map(row))
    return undefined
  },
})

function row({ time, who, operation, allowed, count, address, userAgent, app }: AuditEntry): string[] {
  return [
    time.slice(0, 16).replace('T', ' '),
    nameOf(who),
    allowed ? operation : `${operation} (refused)`,
    String(count),
    address,
    app ?? userAgent,
  ]
}

function nameOf({ kind, username, userId, name }: AuditEntry['who']): string {
  switch (kind) {
    case 'owner':
      return 'you'
    case 'person':
      return username || `somebody (${userId})`
    case 'service':
      return `service ${name}`
    case 'deleted':
      return 'a deleted account'
    default:
      return '?'
  }
}
