#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=20
// Uploads make much garbage and keep little: without these limits V8 lets the garbage pile up to 150 MiB.
require('./require-node.js')
require('./run.js')
