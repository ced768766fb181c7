// The first thing that an entry point loads. Written so that every Node ever made can read it: what comes after may
// use what only a new one has.
var needed = 26
var version = process.versions.node

if (Number(version.split('.')[0]) < needed) {
  process.stderr.write(
    [
      // biome-ignore lint/style/useTemplate: an old Node cannot read one
      'Tidegauge needs Node ' + needed + ' or newer, and this is Node ' + version + '.',
      'In a clone of the project, "npm ci" brings the right one; then start it through npm:',
      '  npm start                  the server',
      '  npx tidegauge --help       the command line',
      '',
    ].join('\n'),
  )
  process.exit(2)
}
