import type { FastifyInstance } from 'fastify'
import { createTrail, type Trail } from './audit/trail.ts'
import { type Accounts, createAccounts } from './auth/accounts.ts'
import type { Identity } from './auth/identity.ts'
import { createRestrictedTokens } from './auth/restricted-tokens.ts'
import { createServices } from './auth/services.ts'
import { createSessions } from './auth/sessions.ts'
import { createSignInGuard } from './auth/sign-in-guard.ts'
import { createSignIns } from './auth/sign-ins.ts'
import type { Config } from './config.ts'
import { type Addresses, createAddresses } from './confirm/addresses.ts'
import { createInvitations } from './confirm/invitations.ts'
import { createContents } from './files/contents.ts'
import { createApp } from './http/app.ts'
import { accessRoutes } from './http/routes/access.ts'
import { accountChangeRoutes } from './http/routes/account-changes.ts'
import { accountRoutes } from './http/routes/accounts.ts'
import { auditRoutes } from './http/routes/audit.ts'
import { type Changes, changesRoutes } from './http/routes/changes.ts'
import { confirmationRoutes } from './http/routes/confirmations.ts'
import { dataRoutes } from './http/routes/data.ts'
import { dataSetRoutes } from './http/routes/data-sets.ts'
import { dataSourceRoutes } from './http/routes/data-sources.ts'
import { fileRoutes } from './http/routes/files.ts'
import { legacyUploadRoutes } from './http/routes/legacy-upload.ts'
import { metadataRoutes } from './http/routes/metadata.ts'
import { numbersRoutes } from './http/routes/numbers.ts'
import { openIdRoutes } from './http/routes/openid.ts'
import { pageRoutes } from './http/routes/pages.ts'
import { quarantineRoutes } from './http/routes/quarantine.ts'
import { restrictedTokenRoutes } from './http/routes/restricted-tokens.ts'
import { serviceRoutes } from './http/routes/service.ts'
import { serviceAccountRoutes } from './http/routes/service-accounts.ts'
import { smallRoutes } from './http/routes/small.ts'
import { summaryRoutes } from './http/routes/summaries.ts'
import type { Route } from './http/routing.ts'
import { readTls } from './http/tls.ts'
import type { Logger } from './log.ts'
import { createMailer, type Mailer } from './mail/mailer.ts'
import { createOpenId, type OpenId } from './openid/openid.ts'
import { REALM } from './openid/provider.ts'
import { createNumbers } from './query/numbers/numbers.ts'
import { createSummaries, type Summaries } from './query/summaries/summaries.ts'
import type { Store } from './store/port.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import { VERSION } from './version.ts'

const DAY_MS = 86_400_000

export interface Parts {
  store: Store
  log: Logger
  /** Milliseconds since the epoch. */
  now: () => number
}

export interface Surroundings extends Parts {
  /** The origin under which people and programs reach this server; known when it listens. */
  publicUrl: () => string
}

export interface Tidegauge {
  app: FastifyInstance
  accounts: Accounts
  routes: readonly Route[]
  openId: OpenId
  addresses: Addresses
  mailer: Mailer | undefined
  trail: Trail
  summaries: Summaries
  changes: Pick<Changes, 'close'>
  /** Removes the bytes of files that nobody has any more. */
  sweepFiles: () => Promise<void>
}

/** What the program is made of, joined. */
export async function compose(
  config: Config,
  { store, log, now, publicUrl }: Surroundings,
): Promise<Tidegauge> {
  const sessions = createSessions(store, now)
  const services = createServices(store, config.serverSecret, now)
  const restrictedTokens = createRestrictedTokens(store, now)
  const openId = createOpenId({ store, now, publicUrl, clients: config.openIdClients })
  const tokens = { sessions, services, restrictedTokens, accessTokens: openId }
  const mailer = config.mail && createMailer(config.mail, log, now)
  const trail = createTrail(store, log, now)
  const contents = createContents(config.dataDirectory)
  const sweepFiles = () => contents.sweep(async (id) => (await store.file(id)) !== undefined)
  const accounts = createAccounts({
    note: (access, peer) => {
      // Who has the password is the owner; who has not may be anybody.
      const owner: Identity = { kind: 'person', userId: access.userId, expiresMs: 0 }
      trail.note(access.allowed ? owner : undefined, access, peer)
    },
    sweepFiles,
    store,
    sessions,
    guard: createSignInGuard(now),
    policy: config.signUp,
    requireVerified: mailer !== undefined,
    now,
  })
  const addresses = createAddresses({ store, now, accounts, mailer, log, publicUrl })
  const invitations = createInvitations({ store, now, mailer, publicUrl })
  const changes = changesRoutes({ store })
  const summaries = createSummaries({ store, now, log, everyMs: config.limits.summariesEveryMs })
  const routes = [
    ...serviceRoutes({ now, version: VERSION, issuerFor: (host) => issuerFor(config, host, publicUrl()) }),
    ...accountRoutes({ store, accounts, addresses, tokens }),
    ...accountChangeRoutes({
      store,
      accounts,
      signIns: createSignIns({ store, now, clients: config.openIdClients }),
    }),
    ...serviceAccountRoutes({ store, tokens }),
    ...accessRoutes({ store }),
    ...metadataRoutes({ store }),
    ...confirmationRoutes({ store, invitations, addresses, showLinks: mailer === undefined }),
    ...pageRoutes({ store, accounts, invitations, addresses, publicUrl }),
    ...openIdRoutes({ store, accounts, openId, publicUrl }),
    ...restrictedTokenRoutes({ store, restrictedTokens }),
    ...dataSetRoutes({
      store,
      now,
      maxRecords: config.limits.recordsPerRequest,
      keepWithdrawnMs: config.keepWithdrawnDays * DAY_MS,
    }),
    ...dataRoutes({ store }),
    ...numbersRoutes({ store, numbers: createNumbers({ store, now }) }),
    ...changes.routes,
    ...summaryRoutes({ store, summaries }),
    ...auditRoutes({ store, trail }),
    ...fileRoutes({ store, now, contents, maxBytes: config.limits.fileBytes }),
    ...legacyUploadRoutes({ store, now }),
    ...smallRoutes({ store }),
    ...dataSourceRoutes({ store, now }),
    ...quarantineRoutes({ store, now }),
  ]
  const app = await createApp({
    routes,
    tokens,
    trail,
    limits: config.limits,
    log,
    tls: config.tls && readTls(config.tls),
    behindProxy: config.behindProxy,
    corsOrigins: config.corsOrigins,
    webDirectory: config.webDirectory,
  })
  return { app, accounts, routes, openId, addresses, mailer, trail, summaries, changes, sweepFiles }
}

/**
 * `GET /info` serves two worlds that ask the same question: the Uploader on this computer, which knows a password form,
 * and apps from elsewhere, which know nothing but OpenID Connect. Who comes by the public address is of the second.
 */
function issuerFor({ signIn, publicUrl: configured }: Config, host: string | undefined, publicUrl: string) {
  const isPublic = configured !== undefined && new URL(configured).host === host
  const isOpenId = signIn === 'openid' || (signIn === 'auto' && isPublic)
  return isOpenId ? { realm: REALM, url: publicUrl } : undefined
}

/** The engine behind the port; the only place that names one. */
export function openStore(config: Pick<Config, 'dataDirectory'>): Promise<Store> {
  return openSqliteStore({ directory: config.dataDirectory })
}
