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
export { AddUserError, addUser } from './operator/add-user.ts'
export { type Running, readRunning } from './operator/running.ts'
export { CannotStart, type RunningServer, startServer } from './start.ts'
export { VERSION } from './version.ts'
