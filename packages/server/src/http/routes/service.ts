import { formatTime } from '@tidegauge/model'
import { UPLOADER_MINIMUM } from '../../ingest/legacy-upload.ts'
import { dataService, type Route } from '../routing.ts'

export interface ServiceParts {
  now: () => number
  version: string
  /** Where clients that reach the server under this host are to sign in by OpenID Connect, if they are to. */
  issuerFor: (host: string | undefined) => { realm: string; url: string } | undefined
}

/** What a server says of itself, to anybody (http.md §5.2). */
export function serviceRoutes({ now, version, issuerFor }: ServiceParts): Route[] {
  const text = (path: string): Route => ({
    method: 'GET',
    paths: [path],
    envelope: 'platform',
    handle: (_request, reply) => reply.type('text/plain; charset=utf-8').send('OK\n'),
  })
  return [
    { method: 'GET', paths: ['/status'], envelope: 'platform', handle: () => ({ status: 'ok' }) },
    {
      method: 'GET',
      paths: dataService('/v1/time'),
      envelope: 'platform',
      handle: ({ trace }) => ({ data: { time: formatTime(now()) }, meta: { trace } }),
    },
    {
      method: 'GET',
      paths: ['/info'],
      envelope: 'account',
      handle: ({ headers }) => ({
        // Without an issuer the stock Uploader shows its own sign-in form (§1.7).
        auth: issuerFor(headers.host) ?? { realm: null, url: null },
        versions: {
          uploaderMinimum: UPLOADER_MINIMUM,
          loop: { minimumSupported: '1.1.0', criticalUpdateNeeded: [] },
        },
      }),
    },
    {
      method: 'GET',
      paths: ['/dataservices/status'],
      envelope: 'platform',
      handle: ({ trace }) => ({
        data: { Version: version, Environment: '', DataStore: null, Server: null },
        meta: { trace },
      }),
    },
    {
      method: 'GET',
      paths: ['/dataservices/version'],
      envelope: 'platform',
      handle: ({ trace }) => ({ data: { version }, meta: { trace } }),
    },
    ...['data', 'auth', 'access', 'metadata', 'confirm', 'export'].map((name) => text(`/${name}/status`)),
  ]
}
