import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { SignUpPolicy } from './auth/accounts.ts'
import type { BodyLimits } from './http/body.ts'
import { readTls, TlsError, type TlsFiles } from './http/tls.ts'
import type { MailConfig } from './mail/mailer.ts'
import { ClientsError, type OpenIdClient, parseClients } from './openid/clients.ts'
import { UPLOADER_PORTS, type UploaderPorts } from './uploader-ports.ts'

/** Everything that can be set from outside. This file is the only one that looks at the environment. */
export interface Config {
  /** IP address or name to listen on; beyond this computer only with {@link tls} or {@link behindProxy}. */
  host: string
  /** TCP port; 0 takes a free one. */
  port: number
  tls?: TlsFiles
  /** Whether a proxy on this computer or in a private network says who is calling, and has the certificate. */
  behindProxy: boolean
  /** Pages of these origins may call; absent: of any. */
  corsOrigins?: readonly string[]
  /**
   * The origin under which others reach this server (`https://glucose.example.org`), for links that are handed out and
   * as issuer of tokens. Undefined: the address that it listens on.
   */
  publicUrl?: string
  /** Absolute path of the folder that holds the database. */
  dataDirectory: string
  signUp: SignUpPolicy
  /** For how long records stay that a client took out of a data set, hidden; 0 destroys them at once. */
  keepWithdrawnDays: number
  limits: Limits
  /** Absent: no mail is sent, and every account counts as verified. */
  mail?: MailConfig
  /** How `GET /info` tells clients to sign in; `auto` by the address that they come by. */
  signIn: 'auto' | 'password' | 'openid'
  /** Programs beside the known ones that may send people here to sign in. */
  openIdClients: readonly OpenIdClient[]
  /** The Uploader's ports on this computer, which the server answers too. */
  uploaderPorts?: UploaderPorts
  /** Absolute path of the page's files; absent: there is no page. */
  webDirectory?: string
  /** With it other programs sign in as services, which may do everything. Without one none can. */
  serverSecret?: string
}

export interface Limits extends BodyLimits {
  fileBytes: number
  nesting: number
  jsonValues: number
  recordsPerRequest: number
  /** Summaries of what has changed are made so often. */
  summariesEveryMs: number
}

/** The port that the stock Tidepool Uploader calls "Local". */
export const DEFAULT_PORT = 8009
export const DEFAULT_KEEP_WITHDRAWN_DAYS = 90

export const defaultLimits: Limits = {
  bodyBytes: 32 * 1024 * 1024,
  bodyTimeoutMs: 60_000,
  fileBytes: 100 * 1024 * 1024,
  nesting: 500,
  // 50 for each of 100,000 records.
  jsonValues: 5_000_000,
  recordsPerRequest: 100_000,
  summariesEveryMs: 5_000,
}

/** What was set cannot be used; the message says which setting and what it may be. */
export class ConfigError extends Error {}

export interface Flags {
  host?: string | undefined
  tlsCert?: string | undefined
  tlsKey?: string | undefined
  behindProxy?: boolean | undefined
  corsOrigin?: readonly string[] | undefined
  maxBodyMib?: string | undefined
  port?: string | undefined
  data?: string | undefined
  signup?: string | undefined
  publicUrl?: string | undefined
  oidcClients?: string | undefined
  signIn?: string | undefined
  uploader?: boolean | undefined
  web?: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** The configuration: a flag wins over its variable, and that over the default. Throws {@link ConfigError}. */
export function configFrom(env: Environment, flags: Flags = {}): Config {
  const data = setting(flags.data, '--data', env.TIDEGAUGE_DATA, 'TIDEGAUGE_DATA')
  const port = setting(flags.port, '--port', env.TIDEGAUGE_PORT, 'TIDEGAUGE_PORT')
  const signUp = setting(flags.signup, '--signup', env.TIDEGAUGE_SIGNUP, 'TIDEGAUGE_SIGNUP')
  const publicUrl = setting(flags.publicUrl, '--public-url', env.TIDEGAUGE_PUBLIC_URL, 'TIDEGAUGE_PUBLIC_URL')
  const signIn = setting(flags.signIn, '--sign-in', env.TIDEGAUGE_SIGN_IN, 'TIDEGAUGE_SIGN_IN')
  const oidcClients = setting(
    flags.oidcClients,
    '--oidc-clients',
    env.TIDEGAUGE_OIDC_CLIENTS,
    'TIDEGAUGE_OIDC_CLIENTS',
  )
  const serverSecret = secretFrom(env, 'TIDEGAUGE_SERVER_SECRET')
  const mail = mailFrom(env)
  const host = setting(flags.host, '--host', env.TIDEGAUGE_HOST, 'TIDEGAUGE_HOST')
  const tls = tlsFrom(env, flags)
  const behindProxy = flags.behindProxy ?? env.TIDEGAUGE_BEHIND_PROXY === '1'
  if (host && !isLoopback(host.value) && !tls && !behindProxy) {
    throw new ConfigError(
      `${host.name} ${host.value} would send passwords and readings in the clear: give --tls-cert and --tls-key too, or --behind-proxy if a proxy has the certificate`,
    )
  }
  const corsOrigins =
    flags.corsOrigin ?? env.TIDEGAUGE_CORS_ORIGINS?.split(/[\s,]+/).filter((one) => one !== '')
  const web = setting(flags.web, '--web', env.TIDEGAUGE_WEB, 'TIDEGAUGE_WEB')
  const maxBody = setting(
    flags.maxBodyMib,
    '--max-body-mib',
    env.TIDEGAUGE_MAX_BODY_MIB,
    'TIDEGAUGE_MAX_BODY_MIB',
  )
  return {
    host: host?.value ?? '127.0.0.1',
    ...(tls && { tls }),
    behindProxy,
    ...(corsOrigins &&
      corsOrigins.length > 0 && { corsOrigins: corsOrigins.map((one) => parseOrigin(one, '--cors-origin')) }),
    port: port ? parsePort(port.value, port.name) : DEFAULT_PORT,
    dataDirectory: data ? resolve(data.value) : defaultDataDirectory(env),
    signUp: signUp ? oneOf(signUp, ['open', 'closed', 'first']) : 'first',
    keepWithdrawnDays: parseDays(env, 'TIDEGAUGE_KEEP_WITHDRAWN_DAYS') ?? DEFAULT_KEEP_WITHDRAWN_DAYS,
    limits: maxBody ? { ...defaultLimits, bodyBytes: parseMib(maxBody) } : defaultLimits,
    signIn: signIn ? oneOf(signIn, ['auto', 'password', 'openid']) : 'auto',
    openIdClients: oidcClients ? clientsFrom(oidcClients.value, oidcClients.name) : [],
    ...(publicUrl && { publicUrl: parseOrigin(publicUrl.value, publicUrl.name) }),
    ...((flags.uploader ?? env.TIDEGAUGE_UPLOADER === '1') && { uploaderPorts: UPLOADER_PORTS }),
    ...(web && { webDirectory: resolve(web.value) }),
    ...(mail && { mail }),
    ...(serverSecret !== undefined && { serverSecret }),
  }
}

/** Where a program of this platform keeps a user's data. */
export function defaultDataDirectory(env: Environment, platform: NodeJS.Platform = process.platform): string {
  switch (platform) {
    case 'win32':
      return join(env.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'tidegauge')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'tidegauge')
    default:
      return join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'tidegauge')
  }
}

function setting(
  flag: string | undefined,
  flagName: string,
  variable: string | undefined,
  variableName: string,
) {
  if (flag !== undefined) {
    if (flag === '') throw new ConfigError(`${flagName} is empty`)
    return { value: flag, name: flagName }
  }
  return variable ? { value: variable, name: variableName } : undefined
}

/** A secret from a variable or from the file that `<name>_FILE` names, so that it need not stand in an environment. */
function secretFrom(env: Environment, name: string): string | undefined {
  const fileName = `${name}_FILE`
  const [secret, file] = [env[name], env[fileName]]
  if (!file) return secret || undefined
  if (secret) throw new ConfigError(`${name} and ${fileName} are both set; leave one out`)
  const text = readText(file, fileName).trim()
  if (text === '') throw new ConfigError(`${fileName}: ${file} is empty`)
  return text
}

/** Nobody but this computer reaches these. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function tlsFrom(env: Environment, flags: Flags): TlsFiles | undefined {
  const cert = setting(flags.tlsCert, '--tls-cert', env.TIDEGAUGE_TLS_CERT, 'TIDEGAUGE_TLS_CERT')
  const key = setting(flags.tlsKey, '--tls-key', env.TIDEGAUGE_TLS_KEY, 'TIDEGAUGE_TLS_KEY')
  if (!cert && !key) return undefined
  if (!cert || !key) throw new ConfigError('--tls-cert and --tls-key go together; one of them is missing')
  const files = { cert: resolve(cert.value), key: resolve(key.value) }
  try {
    readTls(files)
  } catch (cause) {
    if (cause instanceof TlsError)
      throw new ConfigError(`${cert.name}, ${key.name}: ${cause.message}`, { cause })
    throw cause
  }
  return files
}

function parseMib({ value, name }: { value: string; name: string }): number {
  const mib = Number(value)
  if (/^\d{1,4}$/.test(value) && mib >= 1 && mib <= 1024) return mib * 1024 * 1024
  throw new ConfigError(`${name} must be a whole number from 1 to 1024, not "${value}"`)
}

function mailFrom(env: Environment): MailConfig | undefined {
  const smtpUrl = secretFrom(env, 'TIDEGAUGE_SMTP_URL')
  const from = env.TIDEGAUGE_MAIL_FROM
  if (smtpUrl === undefined) return undefined
  // The address may hold a password: it is in no message.
  if (!URL.canParse(smtpUrl) || !['smtp:', 'smtps:'].includes(new URL(smtpUrl).protocol)) {
    throw new ConfigError(
      'TIDEGAUGE_SMTP_URL must be an address such as smtps://user:password@mail.example.org:465',
    )
  }
  if (!from) throw new ConfigError('TIDEGAUGE_MAIL_FROM must say from which address mail comes')
  return { smtpUrl, from }
}

function clientsFrom(file: string, name: string): OpenIdClient[] {
  try {
    return parseClients(readText(file, name))
  } catch (cause) {
    if (cause instanceof ClientsError) throw new ConfigError(`${name}: ${file}: ${cause.message}`, { cause })
    throw cause
  }
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ConfigError(`${name}: ${file} cannot be read`, { cause })
  }
}

function parsePort(text: string, name: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new ConfigError(`${name} must be a port number from 0 to 65535, not "${text}"`)
}

function parseOrigin(text: string, name: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  // Nothing but scheme, host and port.
  if (url && isWeb && url.href === `${url.origin}/`) return url.origin
  throw new ConfigError(`${name} must be an address such as https://glucose.example.org, not "${text}"`)
}

function parseDays(env: Environment, name: string): number | undefined {
  const text = env[name]
  if (!text) return undefined
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new ConfigError(`${name} must be a whole number of days from 0 to 99999, not "${text}"`)
}

function oneOf<Word extends string>(
  { value, name }: { value: string; name: string },
  words: readonly [Word, ...Word[]],
): Word {
  const word = words.find((one) => one === value)
  if (word !== undefined) return word
  throw new ConfigError(`${name} must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not "${value}"`)
}
