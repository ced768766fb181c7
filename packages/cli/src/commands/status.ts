import { type Client, createClient, type Datum, isTidegaugeError } from '@tidegauge/client'
import { logInCommand } from '../called-as.ts'
import { defineCommand } from '../command.ts'
import { connectIfLoggedIn, DEFAULT_SERVER, quick } from '../connect.ts'
import { type ExitCode, exit } from '../failure.ts'
import { printable } from '../terminal.ts'

interface Findings {
  server: string
  reachable: boolean
  status?: string
  software?: string
  version?: string
  account?: string
  dataSets?: number
  /** Age in minutes of the newest record of each type; never what it says. */
  newest?: { type: string; ageMinutes: number }[]
  problem?: string
}

export const status = defineCommand<{ json?: boolean }>({
  usage: 'status',
  summary: 'say whether the server runs, who is logged in and how old the data are',
  configure: (command) => command.option('--json', 'print a JSON object'),
  async run(terminal, { json }) {
    const connected = await connectIfLoggedIn(terminal)
    const server = connected?.server ?? DEFAULT_SERVER
    const client = connected?.client ?? createClient({ ...quick, baseUrl: server })
    const findings: Findings = { server, reachable: false }
    let code: ExitCode = exit.done
    try {
      const { status, tidegauge, version } = await client.serverStatus()
      findings.reachable = true
      findings.status = status
      findings.software = tidegauge ? 'Tidegauge' : 'not a Tidegauge'
      if (version !== undefined) findings.version = printable(version, 40)
      if (connected) await lookAtAccount(client, findings)
    } catch (error) {
      if (!isTidegaugeError(error)) throw error
      findings.problem =
        error.kind === 'session-expired'
          ? `the session has ended: ${logInCommand(terminal.env)}`
          : error.message
      code = exit.failed
    }
    const logIn = connected ? undefined : logInCommand(terminal.env)
    if (json) terminal.out.line(JSON.stringify(findings))
    else for (const line of linesOf(findings, logIn)) terminal.out.line(line)
    return code
  },
})

async function lookAtAccount(client: Client, findings: Findings): Promise<void> {
  const { username, userId } = await client.whoAmI()
  findings.account = printable(username ?? userId)
  findings.dataSets = 0
  for await (const _ of client.listDataSets()) findings.dataSets++
  findings.newest = []
  for await (const datum of client.readData({
    types: ['cbg', 'smbg', 'basal', 'bolus', 'food'],
    latest: true,
  })) {
    const ageMinutes = ageOf(datum)
    if (ageMinutes !== undefined) findings.newest.push({ type: datum.type, ageMinutes })
  }
}

function ageOf({ time }: Datum): number | undefined {
  const timeMs = time === undefined ? Number.NaN : Date.parse(time)
  return Number.isNaN(timeMs) ? undefined : Math.round((Date.now() - timeMs) / 60_000)
}

function linesOf(findings: Findings, logIn: string | undefined): string[] {
  const { server, reachable, status, software, version, account, dataSets, newest, problem } = findings
  const runs = [status, [software, version].filter(Boolean).join(' ')].join(', ')
  const lines = [`Server     ${server}: ${reachable ? runs : 'not reachable'}`]
  if (problem !== undefined) lines.push(`Problem    ${problem}`)
  if (logIn !== undefined) lines.push(`Account    nobody is logged in: ${logIn}`)
  if (account !== undefined) lines.push(`Account    ${account}`)
  if (dataSets !== undefined) lines.push(`Data sets  ${dataSets}`)
  if (newest?.length === 0) lines.push('Newest     no data yet: tidegauge upload FILE')
  for (const [n, { type, ageMinutes }] of (newest ?? []).entries()) {
    lines.push(`${n === 0 ? 'Newest' : '      '}     ${type.padEnd(6)} ${inWords(ageMinutes)}`)
  }
  return lines
}

function inWords(minutes: number): string {
  if (minutes < 0) return 'in the future'
  if (minutes < 120) return `${minutes} min old`
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} hours old`
  return `${Math.round(minutes / 1440)} days old`
}
