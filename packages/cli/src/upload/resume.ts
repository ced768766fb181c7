import { calledAs } from '../called-as.ts'
import type { Environment } from '../terminal.ts'

/** The options of `upload` that an upload is taken up again with. */
export interface ResumeOptions {
  clientName?: string
  dataSet?: string
  chunkSize?: number
  json?: boolean
}

/** The command that goes on after the first `settled` records, ready to be pasted into a shell. */
export function resumeCommand(
  settled: number,
  files: readonly string[],
  options: ResumeOptions,
  env: Environment,
): string {
  const { clientName, dataSet, chunkSize, json } = options
  return [
    ...calledAs(env).split(' '),
    'upload',
    '--skip',
    String(settled),
    ...(dataSet === undefined ? [] : ['--data-set', dataSet]),
    ...(clientName === undefined ? [] : ['--client-name', clientName]),
    ...(chunkSize === undefined ? [] : ['--chunk-size', String(chunkSize)]),
    ...(json ? ['--json'] : []),
    // A name such as -x.json is no option.
    ...(files.some((file) => file.startsWith('-') && file !== '-') ? ['--'] : []),
    ...files,
  ]
    .map(quoted)
    .join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
