/** As much of Puppeteer as these tests call, so that types are checked where it is not installed. */

declare module 'puppeteer-core' {
  export interface ConsoleMessage {
    type(): string
    text(): string
  }
  export interface Box {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
  export interface Page {
    on(event: 'console', listener: (message: ConsoleMessage) => void): void
    on(event: 'pageerror', listener: (fault: Error) => void): void
    goto(address: string): Promise<unknown>
    evaluate<Given extends unknown[], Result>(
      run: (...given: Given) => Result,
      ...given: Given
    ): Promise<Awaited<Result>>
    waitForFunction<Given extends unknown[]>(
      condition: (...given: Given) => unknown,
      options?: { readonly timeout?: number },
      ...given: Given
    ): Promise<unknown>
    screenshot(options: { readonly clip?: Box; readonly encoding: 'base64' }): Promise<string>
    close(): Promise<void>
    readonly mouse: {
      move(x: number, y: number, options?: { readonly steps?: number }): Promise<void>
      down(): Promise<void>
      up(): Promise<void>
    }
  }
  /** WebDriver BiDi, for what Puppeteer has no words for. */
  export interface Connection {
    send(
      method: 'browsingContext.getTree',
      given: { readonly 'moz:scope': 'chrome'; readonly maxDepth: number },
    ): Promise<{ readonly result: { readonly contexts: readonly { readonly context: string }[] } }>
    send(
      method: 'script.evaluate',
      given: {
        readonly target: { readonly context: string }
        readonly expression: string
        readonly awaitPromise: boolean
      },
    ): Promise<{ readonly result: { readonly type: 'success' | 'exception' } }>
  }
  export interface Browser {
    readonly connection: Connection
    version(): Promise<string>
    newPage(): Promise<Page>
    close(): Promise<void>
  }
  const puppeteer: {
    launch(options: {
      readonly browser: 'firefox'
      readonly executablePath: string
      readonly headless: boolean
      readonly args: readonly string[]
      readonly protocolTimeout: number
      readonly defaultViewport: { readonly width: number; readonly height: number }
      readonly extraPrefsFirefox: Readonly<Record<string, boolean>>
    }): Promise<Browser>
  }
  export default puppeteer
}
