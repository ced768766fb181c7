const { existsSync } = require('node:fs')
const { enableCompileCache } = require('node:module')
const { join } = require('node:path')
const { setFlagsFromString } = require('node:v8')

if (!process.execArgv.some((flag) => flag.startsWith('--max-semi-space-size'))) {
  // Called as `node bin/tidegauge.js`, without the flags in its first line: the nearest that can be set later.
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=20')
}

// Starts in half the time when nothing has changed. Not in the system's temporary directory, where others may write.
enableCompileCache(join(__dirname, '../node_modules/.cache'))

// A clone runs its sources; a published package holds what they were compiled to.
const main = existsSync(join(__dirname, '../src/main.ts')) ? '../src/main.ts' : '../src/main.js'

import(main).then(({ main }) => main(process))
