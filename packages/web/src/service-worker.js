// Keeps the page itself, so that it opens without a network; of what it shows nothing is kept here (src/kept-views.ts).
// The build says before this which FILES there are, and a VERSION that changes with them.
/* global FILES, VERSION */
const PAGE = '/index.html'

self.addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(VERSION)
    await cache.addAll([PAGE, ...FILES])
  }
  event.waitUntil(keep())
})

self.addEventListener('activate', (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name)
    await self.clients.claim()
  }
  event.waitUntil(old())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(newestOrKept(request))
  else if (FILES.includes(pathname)) event.respondWith(keptOrNewest(request))
})

async function newestOrKept(request) {
  try {
    return await fetch(request)
  } catch (error) {
    const kept = await caches.match(PAGE)
    if (kept) return kept
    throw error
  }
}

async function keptOrNewest(request) {
  return (await caches.match(request)) ?? (await fetch(request))
}
