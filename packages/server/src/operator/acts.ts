import { formatTime } from '@tidegauge/model'
import { type Accounts, usernameOf } from '../auth/accounts.ts'
import type { Addresses } from '../confirm/addresses.ts'
import { Refused } from '../failure.ts'
import type { OpenId } from '../openid/openid.ts'
import type { Store, User } from '../store/port.ts'

export interface OperatorParts {
  store: Store
  accounts: Accounts
  openId: Pick<OpenId, 'rotateKeys'>
  addresses: Pick<Addresses, 'resetLink'>
}

/** An account as its operator sees it. */
export interface AccountView {
  userId: string
  /** The address that signs in; empty if there is none. */
  username: string
  roles: readonly string[]
  emailVerified: boolean
  createdTime: string
}

/** What the operator may have done, beside a running server as well as without one. Arguments and results are JSON. */
export const acts = {
  async addUser({ accounts }: OperatorParts, { username, password }: { username: string; password: string }) {
    return viewOf(await accounts.add(username, password))
  },
  async listUsers({ store }: OperatorParts, _nothing: object) {
    return (await store.users()).map(viewOf)
  },
  async findUser(parts: OperatorParts, { account }: { account: string }) {
    return viewOf(await existing(parts, account))
  },
  /** Every session of the account ends with it. */
  async setPassword(parts: OperatorParts, { account, password }: { account: string; password: string }) {
    return viewOf(await parts.accounts.setPassword((await existing(parts, account)).id, password))
  },
  /** For who forgot the password, where this server sends no mail. */
  async resetLink(parts: OperatorParts, { account }: { account: string }) {
    return { link: await parts.addresses.resetLink(await existing(parts, account)) }
  },
  async removeUser(parts: OperatorParts, { account }: { account: string }) {
    const user = await existing(parts, account)
    await parts.accounts.remove(user.id)
    return viewOf(user)
  },
  /** Signs tokens and cookies with a new key from now on; what was signed before stays good. */
  async rotateKeys({ openId }: OperatorParts, _nothing: object) {
    await openId.rotateKeys()
    return {}
  },
}

export type Acts = typeof acts
export type Act = keyof Acts
export type ArgumentOf<A extends Act> = Parameters<Acts[A]>[1]
export type ResultOf<A extends Act> = Awaited<ReturnType<Acts[A]>>

export function isAct(name: string): name is Act {
  return Object.hasOwn(acts, name)
}

async function existing({ accounts }: OperatorParts, account: string): Promise<User> {
  const user = await accounts.find(account)
  if (!user) throw new Refused({ kind: 'user-not-found' })
  return user
}

function viewOf(user: User): AccountView {
  const { id, roles, emailVerified, createdMs } = user
  return { userId: id, username: usernameOf(user), roles, emailVerified, createdTime: formatTime(createdMs) }
}
