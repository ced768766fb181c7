import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { isSystemError } from './failure.ts'

const shells = new Set(['sh', 'ash', 'bash', 'busybox', 'dash', 'ksh', 'zsh'])
const EVERY_MS = 500

/**
 * Resolves when whoever started this process is gone: its parent, or, where npm put a shell in between that outlives
 * it, the parent of that. Never, when `signal` does its work first.
 */
export async function whenStarterGone(parentId: () => number, signal: AbortSignal): Promise<void> {
  const parent = parentId()
  const starter = await parentOfShell(parent)
  const { promise, resolve } = Promise.withResolvers<void>()
  const watch = setInterval(() => {
    if (parentId() !== parent || (starter !== undefined && !isAlive(starter))) resolve()
  }, EVERY_MS)
  signal.addEventListener('abort', () => clearInterval(watch))
  await promise
  clearInterval(watch)
}

/** Undefined when the process is no shell, or this system does not tell. */
async function parentOfShell(pid: number): Promise<number | undefined> {
  const { name, parent } = (await fromProc(pid)) ?? (await fromPs(pid)) ?? {}
  return name !== undefined && shells.has(name) ? parent : undefined
}

interface ProcessFacts {
  name: string
  parent: number
}

/** Linux: `12 (name) S 11 …` */
async function fromProc(pid: number): Promise<ProcessFacts | undefined> {
  try {
    const [, name, parent] =
      /^\d+ \((.*)\) \S (\d+) /s.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? []
    return name === undefined ? undefined : { name, parent: Number(parent) }
  } catch {
    return undefined // no /proc here, or the process is gone, which shows in other ways
  }
}

/** macOS: `11 /bin/sh` */
async function fromPs(pid: number): Promise<ProcessFacts | undefined> {
  if (process.platform === 'win32') return undefined
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,comm=', '-p', String(pid)])
    const [, parent, path] = /^\s*(\d+)\s+-?(.*?)\s*$/.exec(stdout) ?? []
    return path === undefined ? undefined : { name: path.replace(/^.*\//, ''), parent: Number(parent) }
  } catch {
    return undefined // as above
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isSystemError(error, 'ESRCH')
  }
}
