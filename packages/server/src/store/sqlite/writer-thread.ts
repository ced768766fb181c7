import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { StoreRefusal, StoreUnavailable } from '../port.ts'
import type { Command, Fault, Reply } from './group-commit.ts'
import type { FromWriter, ToWriter } from './writer.ts'
import type { ArgumentOf, ResultOf, WriteVerb } from './writes.ts'

/** The writer thread as the rest of the store sees it. */
export interface WriterThread {
  /** Resolves after the commit that holds this verb's change is on the disk. */
  call<V extends WriteVerb>(verb: V, argument: ArgumentOf<V>, bytes?: number): Promise<ResultOf<V>>
  /** Transactions committed so far. */
  readonly commits: number
  /** Carries out what waits, then moves the write-ahead log into the file and ends the thread. */
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

const SMALL_COMMAND_BYTES = 500
/** So many go over at once at the most: the writer works on the first while the rest still come in. */
const MAX_QUEUE = 16

/**
 * What the thread runs first. A compile cache holds for one thread; with it the sources are not compiled and stripped
 * of their types again, which saved 20 MiB.
 */
const bootstrap = `
  const { workerData } = require('node:worker_threads')
  if (workerData.compileCache) require('node:module').enableCompileCache(workerData.compileCache)
  import(workerData.module)
`

/** Starts the thread; rejects with its error if it cannot open the file. */
export async function startWriter(file: string): Promise<WriterThread> {
  const module = new URL('./writer.ts', import.meta.url).href
  const compileCache = getCompileCacheDir()
  const worker = new Worker(bootstrap, {
    eval: true,
    workerData: { file, module, compileCache: compileCache && dirname(compileCache) },
  })
  const waiting = new Map<number, Waiting>()
  let queue: Command[] = []
  let lastTicket = 0
  let commits = 0
  let dead: StoreUnavailable | undefined

  const ready = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()

  const take = (ticket: number) => {
    const promise = waiting.get(ticket)
    waiting.delete(ticket)
    return promise
  }
  const fail = (ticket: number, error: unknown) => take(ticket)?.reject(error)
  const settle = (reply: Reply) => {
    if ('fault' in reply) fail(reply.ticket, errorOf(reply.fault))
    else take(reply.ticket)?.resolve(reply.value)
  }

  worker.on('message', (message: FromWriter) => {
    if ('replies' in message) {
      commits = message.commits
      for (const reply of message.replies) settle(reply)
    } else ready.resolve()
  })
  worker.on('error', (error) => {
    dead = new StoreUnavailable('io', { cause: error })
    ready.reject(error)
    for (const promise of waiting.values()) promise.reject(dead)
    waiting.clear()
  })
  worker.on('exit', () => closed.resolve())

  const post = (message: ToWriter) => worker.postMessage(message)
  const flush = () => {
    if (queue.length === 0) return
    const commands = queue
    queue = []
    try {
      post({ commands })
    } catch (error) {
      // An argument that cannot be cloned.
      for (const { ticket } of commands) fail(ticket, error)
    }
  }

  await ready.promise
  return {
    call<V extends WriteVerb>(verb: V, argument: ArgumentOf<V>, bytes = SMALL_COMMAND_BYTES) {
      if (dead) return Promise.reject(dead)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const ticket = ++lastTicket
      waiting.set(ticket, { resolve, reject })
      // What the requests of one turn of the event loop write goes over in one message.
      if (queue.length === 0) setImmediate(flush)
      queue.push({ ticket, verb, argument, bytes })
      if (queue.length >= MAX_QUEUE) flush()
      return promise as Promise<ResultOf<V>>
    },
    get commits() {
      return commits
    },
    async close() {
      flush()
      post({ close: true })
      await closed.promise
      if (dead) throw dead
    },
  }
}

function errorOf(fault: Fault): Error {
  if (fault.kind === 'refusal') return new StoreRefusal(fault.reason, fault.dataSetId)
  if (fault.kind === 'unavailable') {
    return new StoreUnavailable(fault.reason, { cause: new Error(fault.message) })
  }
  const error = new Error(fault.message)
  if (fault.stack !== undefined) error.stack = fault.stack
  return error
}
