/** A page of another origin, with the built site in a frame. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContextOptions, Frame, Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { newContext, newPage, sharedByWorker } from './browser.ts'

interface Reply {
  readonly natlab: string
  readonly id?: unknown
  readonly name?: string
  readonly message?: string
  readonly value?: unknown
}

declare global {
  interface Window {
    /** What the frames of a host page have told it. */
    told: Record<string, unknown>[]
    ask: (message: object) => Promise<Reply>
  }
}

/** What a host page does in these tests, as docs/embedding.md says it. */
function host(): void {
  window.told = []
  const ready = new Promise<void>((resolve) => {
    addEventListener('message', ({ data }) => {
      window.told.push(data)
      if (data.natlab === 'hello') resolve()
    })
  })
  window.ask = async (message) => {
    await ready
    return new Promise((resolve) => {
      const id = Math.random()
      addEventListener('message', function listen({ data }) {
        if (data.id !== id) return
        removeEventListener('message', listen)
        resolve(data)
      })
      document.querySelector('iframe')!.contentWindow!.postMessage({ ...message, id }, '*')
    })
  }
}

/** Answers every path with the same page. */
const served = sharedByWorker(
  async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(
        `<!doctype html><html lang="en"><title>host</title><script>(${host})()</script><body></body>`,
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return server
  },
  async (server) => server.close(),
)

export interface HostPage {
  readonly page: Page
  /** The page in the first frame. */
  readonly frame: Frame
  /** Posts a message to the frame; gives the answer. */
  ask(message: object): Promise<Reply>
  /** All addresses that were asked for. */
  readonly requests: readonly string[]
  /** What the frame has told of this kind. */
  told(kind: string): Promise<readonly Record<string, unknown>[]>
  /** The newest step of the frame's run; −1 before it has begun. */
  step(): Promise<number>
}

/** Opens a page whose body is `html`, with one frame. It is closed after the test. */
export async function openHost(
  html: string,
  options: BrowserContextOptions & { readonly drawn?: boolean } = {},
): Promise<HostPage> {
  const { drawn = false, ...rest } = options
  const context = await newContext({ reducedMotion: 'no-preference', ...rest })
  onTestFinished(() => context.close())
  const page = await newPage(context, drawn)
  const requests: string[] = []
  context.on('request', (request) => requests.push(request.url()))
  const { port } = (await served()).address() as AddressInfo
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.evaluate((html) => {
    document.body.innerHTML = html
  }, html)
  const framed = await page.waitForSelector('iframe', { state: 'attached' })
  const frame = (await framed.contentFrame())!
  return {
    page,
    frame,
    requests,
    ask: (message) => page.evaluate((message) => window.ask(message), message),
    told: (kind) => page.evaluate((kind) => window.told.filter(({ natlab }) => natlab === kind), kind),
    step: () =>
      frame
        .evaluate(async () => ('natlab' in window ? Number((await window.natlab.metrics()).step ?? -1) : -1))
        .catch(() => -1),
  }
}
