// Keeps the page and the last view of it, so that both open without a network. What it keeps of somebody goes when
// they sign out ('forget').
const PAGE = 'page-1'
const VIEW = 'view-1'

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(PAGE)
    await cache.put('/', await fetch('/index.html'))
    await self.skipWaiting()
  }
  event.waitUntil(keep())
})

self.addEventListener('activate', (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== PAGE && name !== VIEW) await caches.delete(name)
  }
  event.waitUntil(old().then(() => self.clients.claim()))
})

self.addEventListener('message', (event) => {
  if (event.data === 'forget') event.waitUntil(caches.delete(VIEW))
})

const isView = (path) =>
  /^\/(v1\/users\/[^/]+\/(stats|agp|series)|data\/[^/]+|metadata\/.*|auth\/user)$/.test(path)

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(newestOr(request, PAGE, '/'))
  else if (pathname.startsWith('/assets/')) event.respondWith(keptOr(request))
  else if (isView(pathname)) event.respondWith(newestOr(request, VIEW, request))
})

async function newestOr(request, name, key) {
  const cache = await caches.open(name)
  try {
    const answer = await fetch(request)
    if (answer.ok) await cache.put(key, answer.clone())
    return answer
  } catch (error) {
    const kept = await cache.match(key)
    if (kept) return kept
    throw error
  }
}

async function keptOr(request) {
  const cache = await caches.open(PAGE)
  const kept = await cache.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await cache.put(request, answer.clone())
  return answer
}
