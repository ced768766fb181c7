import type { Client, Permission, SentInvitation } from '@tidegauge/client'
import { Option } from 'commander'
import { defineCommand } from '../command.ts'
import { connect } from '../connect.ts'
import { exit, Failure } from '../failure.ts'
import { printTable } from '../table.ts'
import { printable } from '../terminal.ts'

interface Options {
  json?: boolean
}

const words: readonly Permission[] = ['view', 'upload', 'custodian', 'note', 'follow']

export const shareList = defineCommand<Options>({
  usage: 'list',
  summary: 'say who may see or change your data, and who lets you',
  isDefault: true,
  configure: (command) => command.option('--json', 'print a JSON object'),
  async run(terminal, { json }) {
    const { client } = await connect(terminal)
    const [people, invitations] = await Promise.all([client.sharing.people(), client.sharing.invitations()])
    if (json) {
      terminal.out.line(JSON.stringify({ people, invitations }))
      return undefined
    }
    if (people.length + invitations.length === 0) {
      terminal.err.line('Nobody but you may see your data. Invite somebody: tidegauge share add ADDRESS view')
      return undefined
    }
    printTable(
      terminal.out,
      ['who', 'may on your account', 'lets you', ''],
      [
        ...people.map(({ username, userId, fullName, may, letsMe }) => [
          [fullName, username ?? userId].filter(Boolean).join(', '),
          may.join(', '),
          letsMe.join(', '),
          '',
        ]),
        ...invitations.map(({ email, permissions, status }) => [
          email,
          permissions.join(', '),
          '',
          status === 'declined' ? 'declined' : 'invited',
        ]),
      ],
    )
    return undefined
  },
})

export const shareAdd = defineCommand<Options, [string, Permission[]]>({
  usage: 'add',
  summary: 'invite somebody to see your data, or to do more',
  more:
    'view: see readings. upload: send readings for you. custodian: take care of the account (who has access, name, ' +
    'address). A server that sends no mail gives a link to hand over, which is good for seven days.',
  configure: (command) =>
    command
      .argument('<address>', 'the e-mail address of their account')
      .argument('<permission...>', words.join(', '))
      .addOption(new Option('--json', 'print a JSON object')),
  async run(terminal, { json }, address, permissions) {
    for (const word of permissions) {
      if (!words.includes(word)) throw new Failure(`"${word}" is none of ${words.join(', ')}.`, exit.usage)
    }
    const { client } = await connect(terminal)
    const invitation = await client.sharing.invite(address, permissions)
    if (json) terminal.out.line(JSON.stringify(invitation))
    else for (const line of invitedLines(invitation)) terminal.out.line(line)
    return undefined
  },
})

function invitedLines({ email, permissions, link }: SentInvitation): string[] {
  const invited = `Invited ${printable(email)} (${permissions.join(', ')}).`
  if (link === undefined) return [`${invited} They were sent a message.`]
  return [`${invited} Hand them this link; it is good for seven days:`, link]
}

export const shareRemove = defineCommand<Options, [string]>({
  usage: 'remove',
  summary: 'take every right on your account away from somebody, or take an invitation back',
  configure: (command) => command.argument('<who>', 'their e-mail address or user id'),
  async run(terminal, _options, who) {
    const { client } = await connect(terminal)
    const was = await remove(client, who)
    if (was === undefined)
      throw new Failure(`${who} has no right on your account and was not invited.`, exit.failed)
    terminal.out.line(was)
    return undefined
  },
})

async function remove(client: Client, who: string): Promise<string | undefined> {
  const address = who.trim().toLowerCase()
  const person = (await client.sharing.people()).find(
    ({ userId, username, may }) => may.length > 0 && (userId === who || username === address),
  )
  if (person) {
    await client.sharing.end(person.userId)
    return `${printable(who)} may do nothing on your account any more.`
  }
  const invited = (await client.sharing.invitations()).some(
    ({ email, status }) => email === address && status === 'pending',
  )
  if (!invited) return undefined
  await client.sharing.cancel(address)
  return `The invitation of ${printable(address)} is taken back.`
}
