import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { Refused } from '../../failure.ts'
import type { OpenId } from '../../openid/openid.ts'
import { PROTOCOL, REALM_PATH } from '../../openid/provider.ts'
import { type SignInParts, type Step, signInSteps } from '../../openid/sign-in.ts'
import { renderPage } from '../../pages/page.ts'
import type { Route, RouteRequest } from '../routing.ts'
import type { Envelope } from '../wire-error.ts'

/** OpenID Connect, at the paths that clients of Keycloak build (http.md §1.7). */
export function openIdRoutes(parts: SignInParts): Route[] {
  const { openId, publicUrl } = parts
  const steps = signInSteps(parts)
  const ofLibrary = (envelope: Envelope, path: string, ...methods: Route['method'][]): Route[] =>
    methods.map((method) => ({
      method,
      paths: [REALM_PATH + path],
      envelope,
      handle: (request, reply) => handOver(openId, request, reply),
    }))
  const exchange = (request: RouteRequest, reply: FastifyReply) => ({
    raw: reply.request.raw,
    response: reply.raw,
    uid: request.parameter('uid'),
  })
  return [
    ...ofLibrary('oauth', '/.well-known/openid-configuration', 'GET'),
    ...ofLibrary('page', `${PROTOCOL}/auth`, 'GET'),
    ...ofLibrary('page', `${PROTOCOL}/auth/:uid`, 'GET'),
    ...ofLibrary('oauth', `${PROTOCOL}/token`, 'POST'),
    ...ofLibrary('oauth', `${PROTOCOL}/revoke`, 'POST'),
    ...ofLibrary('oauth', `${PROTOCOL}/userinfo`, 'GET', 'POST'),
    ...ofLibrary('oauth', `${PROTOCOL}/certs`, 'GET'),
    ...ofLibrary('page', `${PROTOCOL}/logout`, 'GET'),
    ...ofLibrary('page', `${PROTOCOL}/logout/confirm`, 'POST'),
    ...ofLibrary('page', `${PROTOCOL}/logout/success`, 'GET'),
    {
      method: 'GET',
      paths: [`${REALM_PATH}/sign-in/:uid`],
      envelope: 'page',
      handle: async (request, reply) => answer(reply, await steps.open(exchange(request, reply))),
    },
    {
      method: 'POST',
      paths: [`${REALM_PATH}/sign-in/:uid`],
      envelope: 'page',
      async handle(request, reply) {
        refuseOtherSites(request, publicUrl())
        const form = await request.form()
        return answer(reply, await steps.submit(exchange(request, reply), form, request.peer))
      },
    },
  ]
}

function answer(reply: FastifyReply, step: Step): unknown {
  if (step === 'answered') return reply.hijack()
  if ('redirect' in step) return reply.redirect(step.redirect, 303)
  const { headers, text } = renderPage(step.page)
  return reply.code(step.status).headers(headers).send(text)
}

/** A form of this server is sent by its own pages alone; browsers say where a form comes from. */
export function refuseOtherSites({ headers }: Pick<RouteRequest, 'headers'>, publicUrl: string): void {
  const { origin } = headers
  if (origin !== undefined && origin !== publicUrl) throw new Refused({ kind: 'form-from-elsewhere' })
}

const MAX_TOKEN_REQUEST_BYTES = 64 * 1024

/** A request whose body is a JSON object, as if it had come as a form. */
async function asForm(request: RouteRequest, reply: FastifyReply): Promise<IncomingMessage> {
  const { raw } = reply.request
  const body = await request.json(MAX_TOKEN_REQUEST_BYTES)
  const pairs = Object.entries(typeof body === 'object' && body !== null ? body : {})
  const form = Buffer.from(
    new URLSearchParams(
      pairs.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ).toString(),
  )
  const { 'content-encoding': _encoding, 'transfer-encoding': _transfer, ...headers } = raw.headers
  const { method, url, socket, httpVersion } = raw
  return Object.assign(Readable.from([form]), {
    method,
    url,
    socket,
    httpVersion,
    headers: {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(form.length),
    },
  }) as unknown as IncomingMessage
}

async function handOver(openId: OpenId, request: RouteRequest, reply: FastifyReply): Promise<void> {
  const { raw } = reply.request
  if (request.contentType !== undefined) raw.headers['content-type'] = request.contentType
  const isJson = request.contentType?.startsWith('application/json') === true
  // The Kotlin SDK sends its token request as JSON (http.md §1.7).
  const incoming = isJson ? await asForm(request, reply) : raw
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value)
  }
  await openId.answer(incoming, reply.raw)
}
