import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { html } from './pages/html.ts'
import { renderPage } from './pages/page.ts'

/** The ports that the stock Uploader's server "Local" has beside 8009 (http.md §7): uploads, data, and web pages. */
export interface UploaderPorts {
  upload: number
  data: number
  pages: number
}

export const UPLOADER_PORTS: UploaderPorts = { upload: 9122, data: 9220, pages: 3000 }

export interface Listening {
  /** Where each listens now. */
  ports: UploaderPorts
  close(): Promise<void>
}

export interface UploaderPortParts {
  ports: UploaderPorts
  answer: RequestListener
  /** Where the server itself listens. */
  url: string
  timeouts: { headersTimeout: number; requestTimeout: number }
}

/** Listens on these ports of this computer, as long as they are free; the error of one that is not has its `port`. */
export async function listenForUploader({
  ports,
  answer,
  url,
  timeouts,
}: UploaderPortParts): Promise<Listening> {
  const servers: Server[] = []
  const listen = async (port: number, listener: RequestListener): Promise<number> => {
    const server = createServer(timeouts, listener)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
    await promise
    server.off('error', reject)
    servers.push(server)
    return (server.address() as AddressInfo).port
  }
  const close = async () => {
    await Promise.all(
      servers.map((server) => {
        server.closeAllConnections()
        return new Promise((done) => server.close(done))
      }),
    )
  }
  try {
    return {
      ports: {
        upload: await listen(ports.upload, answer),
        data: await listen(ports.data, answer),
        pages: await listen(ports.pages, (request, response) => showPage(request.url ?? '', url, response)),
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** What the Uploader opens in a browser: pages of Tidepool's that are not here. */
function showPage(path: string, url: string, response: ServerResponse): void {
  const { headers, text } = renderPage({ title: 'Not on this server', body: bodyFor(path, url) })
  response.writeHead(path.startsWith('/patients/') ? 200 : 404, headers).end(text)
}

function bodyFor(path: string, url: string) {
  if (path.startsWith('/signup')) {
    return html`<p>Accounts of this server are made on the computer that it runs on:</p>
<p><code>npx tidegauge user add you@example.org</code></p>`
  }
  if (path.startsWith('/request-password')) {
    return html`<p>A new password is set on the computer that this server runs on:</p>
<p><code>npx tidegauge user passwd you@example.org</code></p>`
  }
  if (path.startsWith('/patients/')) {
    return html`<p>What was uploaded is on your own server, at <a href="${url}">${url}</a>: see it there.</p>`
  }
  return html`<p>The Uploader opened a page that Tidepool has and this server has not.</p>
<p>Your server is at <a href="${url}">${url}</a>.</p>`
}
