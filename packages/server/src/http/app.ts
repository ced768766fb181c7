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
import { identify, type Tokens } from '../auth/identity.ts'
import { type Failure, Refused } from '../failure.ts'
import type { Logger } from '../log.ts'
import { StoreRefusal, StoreUnavailable } from '../store/port.ts'
import { BodyCutShort, type BodyLimits, readBody } from './body.ts'
import { parseJson } from './json.ts'
import { type Route, type RouteRequest, register } from './routing.ts'
import { TRACE_REQUEST, TRACE_SESSION, traceOf } from './trace.ts'
import { unknownPath, type WireError, wireBug, wireError } from './wire-error.ts'

export interface AppParts {
  routes: readonly Route[]
  tokens: Tokens
  limits: BodyLimits & { nesting: number }
  log: Logger
}

export const SESSION_TOKEN = 'x-tidepool-session-token'

/** The HTTP side of the server: headers, bodies and errors around the routes. */
export async function createApp({ routes, tokens, limits, log }: AppParts): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    frameworkErrors: badPath,
    http: {
      headersTimeout: 15_000,
      // The body has its own, shorter limit, which answers in the protocol's words.
      requestTimeout: limits.bodyTimeoutMs + 15_000,
      connectionsCheckingInterval: 5_000,
    },
  })
  app.decorateRequest('trace')

  app.addHook('onRequest', async (request, reply) => {
    request.trace = traceOf(request.headers)
    // Bodies are JSON whatever a client calls them; the framework would refuse some of the names.
    delete request.raw.headers['content-type']
    reply.header(TRACE_REQUEST, request.trace.request)
    if (request.trace.session !== undefined) reply.header(TRACE_SESSION, request.trace.session)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, routeOptions } = request
    const ms = Math.round(reply.elapsedTime)
    log.info({ method, route: routeOptions.url ?? 'unknown', status: reply.statusCode, ms }, 'request')
  })
  await app.register(cors, {
    origin: true,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: ['authorization', 'content-type', 'digest', SESSION_TOKEN, TRACE_REQUEST, TRACE_SESSION],
    exposedHeaders: [SESSION_TOKEN, TRACE_REQUEST, TRACE_SESSION],
    maxAge: 600,
  })
  await app.register(compress, {
    encodings: ['gzip', 'identity'],
    globalDecompression: false,
    zlibOptions: { level: 1 },
  })

  // Handlers ask for the body when its turn in the order of checks has come, so nothing is read before.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  app.setNotFoundHandler((request, reply) => send(reply, request, unknownPath))
  app.setErrorHandler((error, request, reply) => {
    const envelope = request.routeOptions.config.envelope ?? 'platform'
    const failure = asFailure(error)
    if (failure) return send(reply, request, wireError(failure, envelope, request.trace))
    if (error instanceof BodyCutShort) return reply.hijack()
    log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed')
    return send(reply, request, wireBug(envelope, request.trace))
  })

  register(app, routes, (request) => ({
    parameter: (name) => (request.params as Record<string, string>)[name] ?? '',
    url: request.url,
    trace: request.trace,
    headers: request.headers,
    sessionToken: request.raw.headersDistinct[SESSION_TOKEN]?.[0],
    identify: () =>
      identify(tokens, {
        sessionTokens: request.raw.headersDistinct[SESSION_TOKEN] ?? [],
        authorizations: request.raw.headersDistinct.authorization ?? [],
      }),
    json: async () => parseJson(await readBody(request.raw, limits), limits.nesting),
  }))
  return app
}

/** The router's own refusals: a path that does not decode. */
function badPath(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  request.log.info({ method: request.method, route: 'unreadable', status: 400 }, 'request')
  reply.code(400).send({ detail: 'unable to parse request path' })
}

function asFailure(error: unknown): Failure | undefined {
  if (error instanceof Refused) return error.failure
  if (error instanceof StoreUnavailable) return { kind: 'store-unavailable', reason: error.reason }
  if (error instanceof StoreRefusal) return { kind: error.reason, dataSetId: error.dataSetId }
  return undefined
}

function send(reply: FastifyReply, request: FastifyRequest, { status, body }: WireError): FastifyReply {
  // A body that was not read to its end must not be taken for the next request.
  if (!request.raw.complete) reply.header('connection', 'close')
  return reply.code(status).send(body)
}

export type { RouteRequest }
