import { BlockList, isIPv6 } from 'node:net'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify'
import type { Trail } from '../audit/trail.ts'
import { type Credentials, identify, type Tokens, tokensOf } from '../auth/identity.ts'
import { type Failure, Refused } from '../failure.ts'
import { atMost } from '../in-turn.ts'
import type { Logger } from '../log.ts'
import { StoreRefusal, StoreUnavailable } from '../store/port.ts'
import { BodyCutShort, type BodyLimits, readBody } from './body.ts'
import { RECEIPT, SESSION_TOKEN, TRACE_REQUEST, TRACE_SESSION } from './headers.ts'
import { type JsonLimits, parseJson } from './json.ts'
import { lenientQueryOf } from './query-string.ts'
import { type Route, register } from './routing.ts'
import type { TlsPair } from './tls.ts'
import { traceOf } from './trace.ts'
import { webFiles } from './web-files.ts'
import { type Asked, unknownPath, type WireError, wireBug, wireError } from './wire-error.ts'

export interface AppParts {
  routes: readonly Route[]
  tokens: Tokens
  trail: Trail
  limits: BodyLimits & JsonLimits
  log: Logger
  tls?: TlsPair | undefined
  /** Whether who is directly connected, if it is in a private network, says who is calling. */
  behindProxy: boolean
  /** undefined: any. */
  corsOrigins: readonly string[] | undefined
  /** The folder of the page. */
  webDirectory: string | undefined
}

const DECODED_AT_A_TIME = 2
const MAX_FORM_BYTES = 64 * 1024

/** How long a request may take to come. */
export function timeoutsOf({ bodyTimeoutMs }: BodyLimits) {
  // The body has its own, shorter limit, which answers in the protocol's words.
  return { headersTimeout: 15_000, requestTimeout: bodyTimeoutMs + 15_000 }
}

/** The HTTP side of the server: headers, bodies and errors around the routes. */
export async function createApp(parts: AppParts): Promise<FastifyInstance> {
  const { routes, tokens, trail, limits, log, tls, behindProxy, corsOrigins, webDirectory } = parts
  const connections = { ...timeoutsOf(limits), connectionsCheckingInterval: 5_000 }
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    frameworkErrors: badPath,
    ...(behindProxy && { trustProxy: (address: string, hop: number) => hop === 0 && isPrivate(address) }),
    ...(tls ? { https: { ...tls, minVersion: 'TLSv1.2' as const, ...connections } } : { http: connections }),
  }) as FastifyInstance
  app.decorateRequest('trace')
  app.decorateRequest('contentType')

  app.addHook('onRequest', async (request, reply) => {
    request.trace = traceOf(request.headers)
    request.contentType = request.headers['content-type']
    // Bodies are JSON whatever a client calls them; the framework would refuse some of the names.
    delete request.raw.headers['content-type']
    reply.headers(safety)
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
    reply.header(TRACE_REQUEST, request.trace.request)
    if (request.trace.session !== undefined) reply.header(TRACE_SESSION, request.trace.session)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const ms = Math.round(reply.elapsedTime)
    log.info({ method, route: routeOptions.url ?? 'unknown', status: reply.statusCode, ms }, 'request')
  })
  app.addHook('onSend', async (request, reply) => {
    // These services name no charset (http.md §6.3).
    const { envelope } = request.routeOptions.config
    if (envelope === 'account' && `${reply.getHeader('content-type')}`.startsWith('application/json')) {
      reply.header('content-type', 'application/json')
    }
  })
  await app.register(cors, {
    origin: corsOrigins ? [...corsOrigins] : true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'digest',
      'x-logs-start-at-time',
      'x-logs-end-at-time',
      SESSION_TOKEN,
      TRACE_REQUEST,
      TRACE_SESSION,
    ],
    exposedHeaders: [RECEIPT, SESSION_TOKEN, TRACE_REQUEST, TRACE_SESSION],
    maxAge: 600,
    // An OPTIONS that is no preflight gets the same harmless answer.
    strictPreflight: false,
  })
  await app.register(compress, {
    encodings: ['gzip', 'identity'],
    globalDecompression: false,
    zlibOptions: { level: 1 },
  })

  // Handlers ask for the body when its turn in the order of checks has come, so nothing is read before.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  const answerWithFile = webDirectory === undefined ? undefined : webFiles(webDirectory)
  app.setNotFoundHandler(async (request, reply) =>
    (await answerWithFile?.(request, reply)) ? reply : send(reply, request, unknownPath),
  )
  app.setErrorHandler((error, request, reply) => {
    const envelope = request.routeOptions.config.envelope ?? 'platform'
    const failure = asFailure(error)
    if (failure) return send(reply, request, wireError(failure, envelope, asked(request)))
    const isCutShort = request.raw.destroyed && !request.raw.complete
    if (error instanceof BodyCutShort || isCutShort) return reply.hijack()
    log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed')
    return send(reply, request, wireBug(envelope, request.trace))
  })

  const decodeInTurn = atMost(DECODED_AT_A_TIME)
  register(app, routes, (request) => {
    const sent = () => tokensOf(carriersOf(request))
    const peer = { address: request.ip, userAgent: request.headers['user-agent'] ?? '' }
    const bytes = (maxBytes = limits.bodyBytes) =>
      readBody(request.raw, { ...limits, bodyBytes: maxBytes }, decodeInTurn)
    return {
      parameter: (name) => (request.params as Record<string, string>)[name] ?? '',
      url: request.url,
      trace: request.trace,
      headers: request.headers,
      get tokens() {
        return sent()
      },
      async identify() {
        const who = await identify(tokens, sent(), request.url.split('?', 1)[0] ?? '')
        return who && { ...who, note: (access) => trail.note(who, access, peer) }
      },
      contentType: request.contentType,
      peer,
      bytes,
      stream: () => request.raw,
      json: async (maxBytes) => parseJson(await bytes(maxBytes), limits),
      form: async (maxBytes = MAX_FORM_BYTES) =>
        new URLSearchParams((await bytes(maxBytes)).toString('utf8')),
    }
  })
  return app
}

/**
 * On every answer: it is what it says it is, no page, in no frame, kept by nobody on the way, and its address, which may
 * hold a token, is told nobody. Pages have headers of their own in their place.
 */
const safety = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const privateNetworks = new BlockList()
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
] as const) {
  privateNetworks.addSubnet(network, prefix)
}
privateNetworks.addSubnet('fc00::', 7, 'ipv6')
privateNetworks.addAddress('::1', 'ipv6')

function isPrivate(address: string): boolean {
  return privateNetworks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function carriersOf({ raw, url, routeOptions }: FastifyRequest): Credentials {
  const takesRestricted = routeOptions.config.restrictedToken === true
  return {
    sessionTokens: raw.headersDistinct[SESSION_TOKEN] ?? [],
    authorizations: raw.headersDistinct.authorization ?? [],
    restrictedTokens: takesRestricted ? lenientQueryOf(url).getAll('restricted_token') : [],
  }
}

function asked(request: FastifyRequest): Asked {
  const { sessionTokens, authorizations } = carriersOf(request)
  return { trace: request.trace, hasToken: sessionTokens.length + authorizations.length > 0 }
}

/** The router's own refusals: a path that does not decode. */
function badPath(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  request.log.info({ method: request.method, route: 'unreadable', status: 400 }, 'request')
  reply.code(400).headers(safety).send({ detail: 'unable to parse request path' })
}

function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Refused) return error.failure
  if (error instanceof StoreUnavailable) return { kind: 'store-unavailable', reason: error.reason }
  if (error instanceof StoreRefusal) return { kind: error.reason, dataSetId: error.dataSetId }
  return undefined
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  { status, headers, body }: WireError,
): FastifyReply {
  // A body whose end we do not wait for; any other is read to its end, and the connection goes on.
  const isCutOff = status === 408 || status === 413
  if (isCutOff && !request.raw.complete) reply.header('connection', 'close')
  // Where an answer failed that was to be compressed.
  reply.removeHeader('content-encoding')
  return reply
    .code(status)
    .headers(headers ?? {})
    .send(body)
}
