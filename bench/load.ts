import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Target {
  url: string
  token: string
}

/** A whole request as bytes, ready to be written to a kept connection. */
export function request(method: string, path: string, { url, token }: Target, body?: Uint8Array): Buffer {
  const head = [
    `${method} ${path} HTTP/1.1`,
    `host: ${new URL(url).host}`,
    `x-tidepool-session-token: ${token}`,
    ...(body ? ['content-type: application/json', `content-length: ${body.length}`] : []),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)])
}

/**
 * Sends all requests over `connections` kept connections, each one waiting for its answer before the next, and
 * gives the seconds it took. Bare sockets, because the load shares the machine with the server. Anything but a
 * 2xx fails the run.
 */
export async function drive(url: string, requests: readonly Buffer[], connections: number): Promise<number> {
  const { hostname, port } = new URL(url)
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(port), hostname).setNoDelay(true)
      await once(socket, 'connect')
      return socket
    }),
  )
  let next = 0
  const started = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      const answers = new Answers(socket)
      for (let i = next++; i < requests.length; i = next++) {
        socket.write(requests[i] as Buffer)
        await answers.next()
      }
    }),
  )
  const seconds = (performance.now() - started) / 1000
  for (const socket of sockets) socket.destroy()
  return seconds
}

/** Reads answers off a connection and throws their bodies away. */
class Answers {
  #head = ''
  #bodyLeft: number | 'chunked' | undefined
  #tail = ''
  #done: PromiseWithResolvers<void> | undefined

  constructor(socket: Socket) {
    socket.on('data', (bytes) => this.#take(bytes as Buffer))
    socket.on('error', (error) => this.#done?.reject(error))
    socket.on('close', () => this.#done?.reject(new Error('the server closed the connection')))
  }

  next(): Promise<void> {
    this.#done = Promise.withResolvers<void>()
    return this.#done.promise
  }

  #take(bytes: Buffer): void {
    let rest = bytes
    if (this.#bodyLeft === undefined) {
      this.#head += rest.toString('latin1')
      const end = this.#head.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = this.#head.slice(0, end)
      rest = Buffer.from(this.#head.slice(end + 4), 'latin1')
      this.#head = ''
      if (!/^HTTP\/1\.1 2\d\d/.test(head)) {
        this.#done?.reject(new Error(`answered ${head.split('\r\n')[0]}: ${rest.toString().slice(0, 300)}`))
        return
      }
      const length = /^content-length: (\d+)/im.exec(head)?.[1]
      this.#bodyLeft = length === undefined ? 'chunked' : Number(length)
    }
    if (this.#bodyLeft === 'chunked') {
      this.#tail = (this.#tail + rest.subarray(-5).toString('latin1')).slice(-5)
      if (this.#tail !== '0\r\n\r\n') return
    } else {
      this.#bodyLeft -= rest.length
      if (this.#bodyLeft > 0) return
    }
    this.#bodyLeft = undefined
    this.#tail = ''
    this.#done?.resolve()
  }
}
