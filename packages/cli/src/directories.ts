import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Environment } from './terminal.ts'

/** Where this platform keeps a program's settings; `TIDEGAUGE_CONFIG` says otherwise. */
export function configDirectory(
  env: Environment,
  platform: NodeJS.Platform,
  home: string = homedir(),
): string {
  if (env.TIDEGAUGE_CONFIG) return resolve(env.TIDEGAUGE_CONFIG)
  switch (platform) {
    case 'win32':
      return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'tidegauge')
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'tidegauge')
    default:
      return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'tidegauge')
  }
}
