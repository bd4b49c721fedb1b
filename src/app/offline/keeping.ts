/** Keeps the page in the browser for visits without a network, by its service worker, and tells of new versions. */
import { type ReadonlySignal, signal } from '@preact/signals-core'
import { errorOf, sentence } from '../../faults.ts'
import { type Amount, type NotKept, type Wish, workerScript } from '../../offline/kept.ts'
import { watch } from '../dom.ts'
import { keepText, keptText } from '../kept.ts'
import type { Notices } from '../notices.ts'
import type { State } from '../state.ts'

/** How much is kept. `bytes` are those that are kept now. */
export type Kept =
  /** A sentence says why nothing can be kept. */
  | { readonly kind: 'impossible'; readonly why: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'coming' | 'kept'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly why: string }

export interface Keeping {
  readonly kept: ReadonlySignal<Kept>
  /** Bytes of all that would be kept. */
  readonly total: number
  /** Begins the visit: goes on keeping the page, unless the user or a thrifty connection is against it. */
  begin(): Promise<void>
  keep(): Promise<void>
  remove(): Promise<void>
  /** Looks again how much is kept. */
  look(): Promise<void>
}

/** What the user wants in later visits; kept under this key. */
const wishKey = 'natlab.offline'
const against = 'no'
/** Milliseconds after which a page that is looked at again asks for a new version. */
const stale = 3_600_000

export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

/** Why this page cannot be kept; undefined if it can. */
function obstacle(): string | undefined {
  if (!import.meta.env.PROD) return 'This is the server for developing, which keeps nothing.'
  if (origin === 'null')
    return 'This page stands in a frame with the attribute sandbox, for which browsers keep nothing.'
  if (parent !== window) return 'This page is part of another one. Open it by itself to keep it.'
  if (!isSecureContext)
    return 'This page came by http. Browsers keep a page only from https or from localhost.'
  return 'serviceWorker' in navigator
    ? undefined
    : 'This browser keeps no pages. Perhaps this is a private window.'
}

const thrifty = () =>
  (navigator as { connection?: { readonly saveData?: boolean } }).connection?.saveData === true

const amountOf = (worker: ServiceWorker) =>
  new Promise<Amount>((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }) => {
      resolve(data)
      port1.close()
    }
    worker.postMessage('amount' satisfies Wish, [port2])
  })

export function createKeeping(state: State, notices: Notices): Keeping {
  const why = obstacle()
  const total = Number(document.querySelector<HTMLMetaElement>('meta[name=natlab-bytes]')?.content)
  const kept = signal<Kept>(why ? { kind: 'impossible', why } : { kind: 'none' })
  const newer = signal(false)
  let registration: ServiceWorkerRegistration | undefined
  let asked = Date.now()
  const { serviceWorker: container } = why ? ({} as Navigator) : navigator

  const fail = (why: string) => {
    kept.value = { kind: 'failed', why }
  }

  async function look(): Promise<void> {
    const { active, waiting, installing } = registration ?? {}
    const worker = active ?? waiting ?? installing
    if (!worker) return
    const { bytes, total } = await amountOf(worker)
    if (kept.peek().kind !== 'failed') kept.value = { kind: bytes < total ? 'coming' : 'kept', bytes }
  }

  async function clear(): Promise<void> {
    const scope = registration?.scope
    await registration?.unregister()
    registration = undefined
    if (!scope) return
    for (const name of await caches.keys()) if (name.endsWith(scope)) await caches.delete(name)
  }

  async function tellFault({ name, message }: NotKept): Promise<void> {
    // a new version that does not arrive leaves the one that is there
    if (kept.peek().kind === 'kept') return
    if (name !== 'QuotaExceededError') {
      fail(`Not all files arrived: ${sentence(message)} The next visit goes on.`)
      return
    }
    // it would fail at every visit
    keepText(wishKey, against)
    fail(`There is not enough room in this browser: natlab needs ${megabytes(total)}.`)
    await clear()
  }

  function follow(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && registration?.active) newer.value = true
      void look()
    })
  }

  /** The page is loaded anew with the newest version. */
  function reload(): void {
    const waiting = registration?.waiting
    if (!waiting) location.reload()
    container.addEventListener('controllerchange', () => location.reload())
    waiting?.postMessage('begin' satisfies Wish)
  }

  async function register(): Promise<void> {
    try {
      registration = await container.register(workerScript, { updateViaCache: 'none' })
    } catch (fault) {
      fail(`The browser does not keep this page: ${sentence(errorOf(fault).message)}`)
      return
    }
    newer.value = Boolean(registration.waiting && registration.active)
    follow(registration.installing)
    registration.addEventListener('updatefound', () => follow(registration?.installing ?? null))
    await look()
    if (kept.peek().kind === 'coming') registration.active?.postMessage('keep' satisfies Wish)
  }

  if (!why) {
    container.addEventListener('message', ({ data }: MessageEvent<NotKept>) => void tellFault(data))
    let controlled = container.controller !== null
    container.addEventListener('controllerchange', () => {
      // another window has begun to use the new version
      if (controlled) newer.value = true
      controlled = true
    })
    document.addEventListener('visibilitychange', () => {
      if (document.hidden || Date.now() - asked < stale) return
      asked = Date.now()
      registration?.update().catch(() => undefined)
    })
    watch(() => {
      // not in the middle of a lecture
      if (!newer.value || state.present.value) return
      notices.show({
        kind: 'information',
        topic: 'version',
        title: 'A new version of natlab is there. Reload to use it.',
        lines: ['The page opens with this view.'],
        action: { label: 'Reload', run: reload },
      })
    })
  }

  return {
    kept,
    total,
    look,
    async begin() {
      if (why || keptText(wishKey) === against) return
      // what is kept already stays up to date
      if (!thrifty() || (await container.getRegistration())) await register()
    },
    async keep() {
      keepText(wishKey, '')
      kept.value = { kind: 'coming', bytes: 0 }
      // the browser may clear what it has not promised to keep
      navigator.storage?.persist?.().catch(() => undefined)
      await register()
    },
    async remove() {
      keepText(wishKey, against)
      await clear()
      kept.value = { kind: 'none' }
    },
  }
}
