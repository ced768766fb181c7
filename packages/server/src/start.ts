import type { AddressInfo } from 'node:net'
import { compose, openStore, type Parts } from './compose.ts'
import type { Config } from './config.ts'
import { createLog } from './log.ts'
import { removeRunning, writeRunning } from './operator/running.ts'
import { openOperatorSocket } from './operator/socket.ts'

export interface RunningServer {
  /** `http://127.0.0.1:8009` */
  url: string
  dataDirectory: string
  /** Answers what is in flight, writes everything down and frees port and data directory; takes under 5 s. */
  close(): Promise<void>
}

/** The port is taken; the message says what to do. */
export class PortInUse extends Error {}

/** Requests that still run this long after {@link RunningServer.close} are cut off. */
const GRACE_MS = 3_500
const HOST = '127.0.0.1'

/** Opens the store, listens, and resolves when requests are answered. */
export async function startServer(config: Config, parts: Partial<Parts> = {}): Promise<RunningServer> {
  const log = parts.log ?? createLog()
  const store = parts.store ?? (await openStore(config))
  const closing: (() => Promise<unknown>)[] = [() => store.close()]
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    const { app, accounts } = await compose(config, { store, log, now: parts.now ?? Date.now })
    const operator = await openOperatorSocket(config.dataDirectory, accounts, log)
    closing.push(() => operator.close())
    await app.listen({ host: HOST, port: config.port })
    closing.push(async () => {
      const cutOff = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
      await app.close()
      clearTimeout(cutOff)
    })
    const url = `http://${HOST}:${(app.server.address() as AddressInfo).port}`
    await writeRunning(config.dataDirectory, { pid: process.pid, url, socket: operator.path })
    closing.push(() => removeRunning(config.dataDirectory))
    return { url, dataDirectory: config.dataDirectory, close }
  } catch (error) {
    await close()
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new PortInUse(`port ${config.port} is in use; choose another with --port`, { cause: error })
    }
    throw error
  }
}
