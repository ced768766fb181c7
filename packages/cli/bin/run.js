const { existsSync } = require('node:fs')
const { join } = require('node:path')

// A clone runs its sources; a published package holds what they were compiled to.
const main = existsSync(join(__dirname, '../src/main.ts')) ? '../src/main.ts' : '../src/main.js'

import(main).then(({ main }) => main(process))
