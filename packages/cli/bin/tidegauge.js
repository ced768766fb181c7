#!/usr/bin/env node
require('./require-node.js')
require('./run.js')
