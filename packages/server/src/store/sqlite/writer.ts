import { statSync } from 'node:fs'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { openForWriting } from './connection.ts'
import { unavailability } from './faults.ts'
import { type Command, groupCommit, type Reply } from './group-commit.ts'

/** The writer thread: it owns the only connection that writes. */

export type ToWriter = { commands: readonly Command[] } | { close: true }
export type FromWriter = { ready: true } | { replies: readonly Reply[]; commits: number }

/** A group holds what waits, up to this much, so that the first of it is not kept waiting by the last. */
const MAX_GROUP_BYTES = 2 * 1024 * 1024
const MAX_GROUP_COMMANDS = 512

function takeGroup(waiting: Command[]): Command[] {
  let bytes = 0
  let length = 0
  for (const command of waiting) {
    bytes += command.bytes
    if (length === MAX_GROUP_COMMANDS || (length > 0 && bytes > MAX_GROUP_BYTES)) break
    length++
  }
  return waiting.splice(0, length)
}

/** Whether the path still names the file that is open: what is written to a deleted file is lost. */
function stillInPlace(file: string): () => boolean {
  const { dev, ino } = statSync(file)
  return () => {
    const now = statSync(file, { throwIfNoEntry: false })
    return now !== undefined && now.dev === dev && now.ino === ino
  }
}

function serve(port: MessagePort, file: string): void {
  const database = openForWriting(file)
  const groups = groupCommit(database, stillInPlace(file))
  const send = (message: FromWriter) => port.postMessage(message)

  port.on('message', (first: ToWriter) => {
    const waiting: Command[] = []
    let closing = false
    const accept = (message: ToWriter) => {
      if ('close' in message) closing = true
      else for (const command of message.commands) waiting.push(command)
    }
    accept(first)
    do {
      for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port))
        accept(more.message)
      if (waiting.length > 0) send({ replies: groups.run(takeGroup(waiting)), commits: groups.commits })
    } while (waiting.length > 0)
    if (closing) {
      try {
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } catch (error) {
        // On a full disk: everything is safe in the log, which the next start reads.
        if (unavailability(error) === undefined) throw error
      } finally {
        database.close()
        port.close()
      }
    }
  })
  send({ ready: true })
}

if (parentPort) serve(parentPort, workerData.file)
