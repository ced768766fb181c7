import { randomBytes } from 'node:crypto'
import { configFrom, startServer } from '@tidegauge/server'
import type { DataSet, Store } from '@tidegauge/server/store/port'

/**
 * A server in a process of its own, for measuring: `server.ts DIRECTORY [no-store]`. With `no-store` everything is
 * the same but that what is written goes nowhere.
 */
const [dataDirectory = '', mode] = process.argv.slice(2)
const config = { ...configFrom({}), port: 0, dataDirectory, signUp: 'open' as const }
const server = await startServer(config, mode === 'no-store' ? { store: forgetfulStore() } : {})
process.stdout.write(`${server.url}\n`)
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)))

/** Knows accounts, sessions and data sets, as the routes need them, and drops all data. */
function forgetfulStore(): Store {
  const users = new Map()
  const sessions = new Map()
  const dataSets = new Map<string, DataSet>()
  const nothing = async () => {}
  const known: Partial<Store> = {
    async createUser(user, { session }) {
      users.set(user.id, user)
      if (session) sessions.set(session.tokenHash, session)
      return 'created'
    },
    userById: async (id) => users.get(id),
    userByUsername: async () => undefined,
    hasUsers: async () => users.size > 0,
    usersWithRole: async () => [],
    setPermissions: async () => 'set',
    permissions: async () => [],
    grantsBy: async () => [],
    grantsTo: async () => [],
    async createSession(session) {
      sessions.set(session.tokenHash, session)
    },
    session: async (tokenHash) => sessions.get(tokenHash),
    setSessionExpiry: nothing,
    deleteSession: nothing,
    deleteExpiredSessions: nothing,
    async createDataSet(dataSet) {
      const made = { ...dataSet, id: randomBytes(16).toString('hex') }
      dataSets.set(made.id, made)
      return made
    },
    dataSet: async (id) => dataSets.get(id),
    listDataSets: async () => [],
    destroyWithdrawn: async () => 0,
    eraseDeleted: async () => 0,
    trimAudit: nothing,
    noteAccess: nothing,
    write: async ({ records }) => ({ added: records.length, replaced: 0, unchanged: 0, changeSequence: 0 }),
    quarantineSettings: async () => ({ enabled: false, clientNames: [] }),
    close: nothing,
  }
  return new Proxy(known as Store, {
    get(verbs, name) {
      if (name in verbs || name === 'then') return Reflect.get(verbs, name)
      return async () => {
        throw new Error(`nothing that is measured does ${String(name)}`)
      }
    },
  })
}
