import type { Server as HttpsServer } from 'node:https'
import { type AddressInfo, isIPv6 } from 'node:net'
import { compose, openStore, type Parts } from './compose.ts'
import type { Config } from './config.ts'
import { housekeeping } from './housekeeping.ts'
import { timeoutsOf } from './http/app.ts'
import { followTls } from './http/tls.ts'
import { createLog } from './log.ts'
import { readRunning, removeRunning, writeRunning } from './operator/running.ts'
import { openOperatorSocket } from './operator/socket.ts'
import { type Store, StoreNotOpened } from './store/port.ts'
import { listenForUploader, type UploaderPorts } from './uploader-ports.ts'

export interface RunningServer {
  /** `http://127.0.0.1:8009` */
  url: string
  dataDirectory: string
  /** The Uploader's ports, if the server listens there too. */
  uploaderPorts?: UploaderPorts
  /** Answers what is in flight, writes everything down and frees port and data directory; takes under 5 s. */
  close(): Promise<void>
}

/** Why the server did not start: the port or the data directory. The message is a sentence for the operator. */
export class CannotStart extends Error {}

/** Requests that still run this long after {@link RunningServer.close} are cut off. */
const GRACE_MS = 3_500
/** How often a closing server lets go of connections whose last answer has gone out. */
const IDLE_CHECK_MS = 20
const DAY_MS = 86_400_000

/** Opens the store, listens, and resolves when requests are answered. */
export async function startServer(config: Config, parts: Partial<Parts> = {}): Promise<RunningServer> {
  const log = parts.log ?? createLog()
  const now = parts.now ?? Date.now
  const store = parts.store ?? (await openStoreOf(config))
  const closing: (() => Promise<unknown>)[] = [() => store.close()]
  const close = async () => {
    const faults: unknown[] = []
    for (const step of closing.splice(0).reverse()) await step().catch((fault) => faults.push(fault))
    if (faults.length > 0) throw faults[0]
  }
  try {
    const tidyUp = housekeeping({ store, now, keepWithdrawnDays: config.keepWithdrawnDays })
    // On a full disk it can wait: the server starts, and reads.
    const tryToTidyUp = () =>
      tidyUp().catch((error) => log.error({ err: error }, 'the daily housekeeping failed'))
    await tryToTidyUp()
    const daily = setInterval(tryToTidyUp, DAY_MS).unref()
    closing.push(async () => clearInterval(daily))
    let url = ''
    const publicUrl = () => config.publicUrl ?? url
    const { app, accounts, openId, addresses, mailer, trail, summaries, changes, sweepFiles } = await compose(
      config,
      {
        store,
        log,
        now,
        publicUrl,
      },
    )
    closing.push(() => trail.close())
    summaries.start()
    closing.push(() => summaries.close())
    // After a crash.
    await sweepFiles()
    if (mailer) closing.push(() => mailer.close())
    else log.info('mail: not configured; every account counts as verified, and links are handed over')
    const operator = await openOperatorSocket(
      config.dataDirectory,
      { store, accounts, openId, addresses },
      log,
    )
    closing.push(() => operator.close())
    await app.listen({ host: config.host, port: config.port })
    if (config.tls) {
      const stopFollowing = followTls(app.server as unknown as HttpsServer, config.tls, log)
      closing.push(async () => stopFollowing())
    }
    closing.push(async () => {
      const letGo = setInterval(() => app.server.closeIdleConnections(), IDLE_CHECK_MS)
      const cutOff = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
      await app.close()
      clearInterval(letGo)
      clearTimeout(cutOff)
    })
    closing.push(async () => changes.close())
    url = urlOf(config, (app.server.address() as AddressInfo).port)
    const forUploader =
      config.uploaderPorts &&
      (await listenForUploader({
        ports: config.uploaderPorts,
        answer: app.routing,
        url,
        timeouts: timeoutsOf(config.limits),
      }))
    if (forUploader) closing.push(() => forUploader.close())
    await writeRunning(config.dataDirectory, { pid: process.pid, url, socket: operator.path })
    closing.push(() => removeRunning(config.dataDirectory))
    return {
      url,
      dataDirectory: config.dataDirectory,
      ...(forUploader && { uploaderPorts: forUploader.ports }),
      close,
    }
  } catch (error) {
    await close()
    throw cannotListen(error, config.port) ?? error
  }
}

/** Where this computer reaches the server. */
function urlOf({ host, tls }: Config, port: number): string {
  const isAny = host === '0.0.0.0' || host === '::'
  const name = isAny ? '127.0.0.1' : isIPv6(host) ? `[${host}]` : host
  return `${tls ? 'https' : 'http'}://${name}:${port}`
}

async function openStoreOf({ dataDirectory }: Config): Promise<Store> {
  try {
    return await openStore({ dataDirectory })
  } catch (error) {
    if (!(error instanceof StoreNotOpened)) throw error
    const running = error.reason === 'in-use' ? await readRunning(dataDirectory) : undefined
    const whose = running
      ? `: Tidegauge runs there already, at ${running.url} (process ${running.pid}). Stop it, or choose another directory with --data`
      : ''
    throw new CannotStart(error.message + whose, { cause: error })
  }
}

function cannotListen(error: unknown, port: number): CannotStart | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  const taken = 'port' in error ? Number(error.port) : port
  const instead =
    taken === port ? 'choose another with --port' : 'end what listens there, or leave --uploader out'
  if (error.code === 'EADDRINUSE') {
    return new CannotStart(`port ${taken} is in use; ${instead}`, { cause: error })
  }
  if (error.code === 'EACCES') {
    return new CannotStart(`port ${port} is not yours to listen on; choose one from 1024 up with --port`, {
      cause: error,
    })
  }
  return undefined
}
