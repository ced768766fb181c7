import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { Identity, SentTokens } from '../auth/identity.ts'
import { Refused } from '../failure.ts'
import { type Envelope, type Trace, wrongVerb } from './wire-error.ts'

/** A route as this server writes it: one handler, every path that clients know it by. */
export interface Route {
  method: HTTPMethods
  paths: readonly string[]
  envelope: Envelope
  /** A restricted token does here (http.md §1.8); for what reads only. */
  restrictedToken?: true
  handle: (request: RouteRequest, reply: FastifyReply) => unknown
}

/** What a handler takes out of HTTP. */
export interface RouteRequest {
  /** A path parameter, decoded; empty where the path has an empty segment. */
  parameter(name: string): string
  /** The path and query as sent. */
  url: string
  trace: Trace
  headers: FastifyRequest['headers']
  /** As sent, in whatever case; undefined if it was not. */
  contentType: string | undefined
  /** Where the request comes from. */
  peer: Peer
  /** Who is calling, if anybody valid. */
  identify(): Promise<Identity | undefined>
  /** The tokens that were sent, valid or not. */
  tokens: SentTokens
  /** The parsed JSON body, of no more than `maxBytes`; an empty body is malformed. */
  json(maxBytes?: number): Promise<unknown>
  /** The fields of a form of this server's own pages, of no more than `maxBytes`. */
  form(maxBytes?: number): Promise<URLSearchParams>
  /** The body as it is, decompressed, of no more than `maxBytes`. */
  bytes(maxBytes?: number): Promise<Buffer>
  /** The body as it comes. */
  stream(): Readable
}

export interface Peer {
  /** IP address. */
  address: string
  /** The `User-Agent` header; empty if there is none. */
  userAgent: string
}

declare module 'fastify' {
  interface FastifyContextConfig {
    envelope?: Envelope
    restrictedToken?: true
  }
  interface FastifyRequest {
    trace: Trace
    contentType: string | undefined
  }
}

/** The data service answers with and without the gateway's prefix (http.md §0). */
export function dataService(...paths: string[]): string[] {
  return paths.flatMap((path) => [path, `/dataservices${path}`])
}

/** The user that a path names. */
export function userIdOf(request: RouteRequest): string {
  const userId = request.parameter('userId')
  if (userId === '') throw new Refused({ kind: 'id-missing', which: 'user' })
  return userId
}

/** Registers the routes, and for every path an answer to the verbs that it does not know (405). */
export function register(
  app: FastifyInstance,
  routes: readonly Route[],
  toRequest: (request: FastifyRequest) => RouteRequest,
): void {
  // By the shape of the path: routes of several families may name its parts differently.
  const byShape = new Map<string, { url: string; verbs: Set<HTTPMethods> }>()
  for (const { method, paths, envelope, restrictedToken, handle } of routes) {
    for (const url of paths) {
      app.route({
        method,
        url,
        config: { envelope, ...(restrictedToken && { restrictedToken }) },
        handler: (request, reply) => handle(toRequest(request), reply),
      })
      const shape = url.replace(/:\w+/g, ':')
      const { verbs } = byShape.get(shape) ?? { verbs: new Set<HTTPMethods>(['OPTIONS']) }
      byShape.set(shape, { url, verbs: verbs.add(method) })
      if (method === 'GET') verbs.add('HEAD')
    }
  }
  const all: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
  for (const { url, verbs } of byShape.values()) {
    const method = all.filter((verb) => !verbs.has(verb))
    app.route({
      method,
      url,
      handler: (_request, reply) => reply.code(wrongVerb.status).send(wrongVerb.body),
    })
  }
}
