import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What browsers are told of the files of the page; any other file is none of it. */
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** The page loads nothing from elsewhere and runs nothing that is not in a file of its own. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * Answers with a file of the page, for whoever asks for one: a path of the folder, or, of a browser that opens a page, the page
 * itself. Answers false to everything else, so that an unknown path stays what it was.
 */
export function webFiles(directory: string) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const path = pathOf(request.url)
    if (path === undefined) return false
    const isPage = (request.headers.accept ?? '').includes('text/html')
    const name = (await isFile(join(directory, path)))
      ? path
      : isPage && extname(path) === ''
        ? 'index.html'
        : undefined
    const type = name === undefined ? undefined : types[extname(name)]
    if (name === undefined || type === undefined) return false
    const isForEver = name.startsWith(`assets${sep}`)
    reply.headers({
      'content-type': type,
      'content-security-policy': policy,
      // Names of assets change with what is in them; nothing of it is about anybody.
      'cache-control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
    })
    await reply.code(200).send(createReadStream(join(directory, name)))
    return true
  }
}

/** Inside the folder; undefined if it leads out of it or cannot be read. */
function pathOf(url: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(url.split('?', 1)[0] ?? '')
  } catch {
    return undefined
  }
  const inside = normalize(path).replace(/^[/\\]+/, '')
  const leads =
    path.includes('\0') || inside.startsWith('..') || inside.split(sep).some((part) => part.startsWith('.'))
  return leads && inside !== '.' ? undefined : inside === '.' ? '' : inside
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}
