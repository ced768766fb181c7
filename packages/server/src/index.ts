/** The server as a program starts it: configuration in, a running server out. */
export type { SignUpPolicy } from './auth/accounts.ts'
export {
  type Config,
  ConfigError,
  configFrom,
  DEFAULT_KEEP_WITHDRAWN_DAYS,
  DEFAULT_PORT,
  defaultDataDirectory,
  defaultLimits,
  type Environment,
  type Flags,
  type Limits,
} from './config.ts'
export { silentLog } from './log.ts'
export type { AccountView } from './operator/acts.ts'
export { OperatorError, operate } from './operator/operate.ts'
export { type Running, readRunning } from './operator/running.ts'
export { CannotStart, type RunningServer, startServer } from './start.ts'
export { VERSION } from './version.ts'
