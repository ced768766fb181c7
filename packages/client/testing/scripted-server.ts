import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** A request as a scripted server received it. */
export interface Received {
  method: string
  /** Path with query. */
  url: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
  /** How many requests with this method and path came before it. */
  nth: number
}

/** What a scripted server does with a request. Nothing at all is a choice too: a server that hangs. */
export type Script = (request: Received, response: ServerResponse) => void | Promise<void>

/** A server on the loopback that answers as told and stops with the test. */
export async function scriptedServer(
  t: TestContext,
  script: Script,
): Promise<{ baseUrl: string; requests: Received[] }> {
  const requests: Received[] = []
  const server = createServer(async (incoming, response) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    const url = new URL(incoming.url ?? '/', 'http://localhost')
    const method = incoming.method ?? ''
    const request: Received = {
      method,
      url: incoming.url ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(parts).toString(),
      nth: requests.filter((other) => other.method === method && other.path === url.pathname).length,
    }
    requests.push(request)
    await script(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { baseUrl: `http://127.0.0.1:${port}`, requests }
}

/** Answer with JSON. */
export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
}

/** The platform's answer to an upload. */
export function acknowledge(response: ServerResponse): void {
  answer(response, 200, { data: [], meta: { trace: { request: 'r' } } })
}
