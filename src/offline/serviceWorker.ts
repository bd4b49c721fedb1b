/**
 * Keeps the files of the page in the browser and answers with them, so that the page works without a network. Every answer
 * passes here, so it also gets the headers that make the page cross-origin isolated: many hosts cannot send them.
 */
import { PrecacheController, PrecacheRoute } from 'workbox-precaching'
import { registerRoute } from 'workbox-routing'
import { NetworkOnly } from 'workbox-strategies'
import type { Amount, KeptFile, NotKept, Wish } from './kept.ts'

declare const self: ServiceWorkerGlobalScope
/** The build puts the list in place of this name. */
declare const natlabFiles: readonly KeptFile[]
const files = natlabFiles

/** The last one lets other pages show this one in a frame, isolated ones too. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
}

function isolated(response: Response): Response {
  // a redirection that the browser follows by itself has nothing that could be read
  if (response.type !== 'basic' && response.type !== 'default') return response
  const { body, status, statusText } = response
  const all = new Headers(response.headers)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  return new Response(body, { status, statusText, headers: all })
}

const plugins = [{ handlerWillRespond: async ({ response }: { response: Response }) => isolated(response) }]
const controller = new PrecacheController({ plugins })
controller.addToCacheList(files.map(({ url, revision }) => ({ url, revision })))

const network = new NetworkOnly({ plugins })
// the page asks the server itself where a file was damaged or missing
registerRoute(
  ({ request, sameOrigin }) => sameOrigin && (request.cache === 'no-store' || request.cache === 'reload'),
  network,
)
// the page reads its own query, as that of the presenter window
registerRoute(new PrecacheRoute(controller, { ignoreURLParametersMatching: [/./] }))
registerRoute(({ sameOrigin }) => sameOrigin, network)

async function tellFault({ name, message }: Error): Promise<void> {
  const told: NotKept = { kind: 'not kept', name, message }
  for (const client of await self.clients.matchAll({ includeUncontrolled: true })) client.postMessage(told)
}

self.addEventListener('install', (event) => {
  // the browser hears of the fault, too
  controller.install(event).catch(tellFault)
})

self.addEventListener('activate', (event) => {
  controller.activate(event)
  // The page of the first visit loads its later parts from here. The activation does not wait for it: Firefox asks every
  // worker of the site first, and a computing thread that sleeps never answers. Until then Firefox would load nothing.
  void self.clients.claim()
})

const keyOf = ({ url }: KeptFile) => controller.getCacheKeyForURL(url)!

async function amount(): Promise<Amount> {
  const cache = await self.caches.open(controller.strategy.cacheName)
  const kept = new Set((await cache.keys()).map(({ url }) => url))
  const sum = (some: readonly KeptFile[]) => some.reduce((sum, { bytes }) => sum + bytes, 0)
  return { bytes: sum(files.filter((file) => kept.has(keyOf(file)))), total: sum(files) }
}

/** Keeps what was deleted since the installation: a browser installs no worker twice while its page is open. */
async function keepMissing(): Promise<void> {
  const cache = await self.caches.open(controller.strategy.cacheName)
  for (const file of files) {
    if (await cache.match(keyOf(file))) continue
    const response = await fetch(file.url, { cache: file.revision === null ? 'default' : 'reload' })
    if (!response.ok) throw new Error(`the server answered ${response.status} for ${file.url}`)
    await cache.put(keyOf(file), response)
  }
}

self.addEventListener('message', (event) => {
  const wish: Wish = event.data
  if (wish === 'begin') void self.skipWaiting()
  else if (wish === 'keep') event.waitUntil(keepMissing().catch(tellFault))
  else event.waitUntil(amount().then((told) => event.ports[0].postMessage(told)))
})
