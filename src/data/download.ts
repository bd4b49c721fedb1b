/**
 * Files of data in the page: fetched with progress, unpacked and verified. Knows no DOM. A file is fetched once,
 * whoever asks for it; one that failed is fetched anew when it is asked for again.
 */
import { errorOf, type FaultCode } from '../faults.ts'
import { sha256 } from './sha256.ts'

/** Bytes of the unpacked data that are here, of those that the call waits for. */
export interface LoadProgress {
  readonly loaded: number
  readonly total: number
}

/** A file as the build packs it. */
export interface PackedFile {
  /** What it is a part of, for messages. */
  readonly source: string
  readonly name: string
  readonly address: string
  /** With which the unpacked file begins. */
  readonly signature: readonly [number, number, number, number]
  /** Of the unpacked file. */
  readonly bytes: number
  /** Of the unpacked file, in hexadecimal. */
  readonly sha256: string
}

/** A file that is missing or damaged. */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly code: FaultCode = 'tryAgain'

  constructor(
    source: string,
    readonly file: string,
    readonly fault: string,
    options?: ErrorOptions,
  ) {
    super(`${source}: the file ${file} ${fault}. Trying again is possible.`, options)
  }
}

type Bytes = Uint8Array<ArrayBuffer>

/** The body with its first bytes known, still unread. */
async function withBeginning(body: ReadableStream<Bytes>) {
  const reader = body.getReader()
  let beginning: Bytes = new Uint8Array(0)
  for (;;) {
    const { value, done } = await reader.read()
    if (done) break
    beginning = beginning.length ? new Uint8Array([...beginning, ...value]) : value
    if (beginning.length >= 4) break
  }
  const whole = new ReadableStream<Bytes>({
    start(controller) {
      controller.enqueue(beginning)
    },
    async pull(controller) {
      const { value, done } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { beginning, whole }
}

/** The body's bytes, unpacked unless the server or the browser did so already. Undefined: neither. */
async function unpacked(
  body: ReadableStream<Bytes>,
  signature: PackedFile['signature'],
): Promise<ReadableStream<Bytes> | undefined> {
  const { beginning, whole } = await withBeginning(body)
  if (beginning[0] === 0x1f && beginning[1] === 0x8b)
    return whole.pipeThrough(new DecompressionStream('gzip'))
  if (signature.every((byte, i) => beginning[i] === byte)) return whole
  await whole.cancel()
  return undefined
}

/** A file's bytes, fetched, unpacked and verified. Throws a DataError. */
async function fetchFile(file: PackedFile, anew: boolean, onLoaded: (bytes: number) => void): Promise<Bytes> {
  const fault = (what: string, options?: ErrorOptions) => new DataError(file.source, file.name, what, options)
  let response: Response
  try {
    // what was damaged may lie in the browser's cache
    response = await fetch(file.address, { cache: anew ? 'reload' : 'default' })
  } catch (cause) {
    throw fault(`could not be fetched (${errorOf(cause).message})`, { cause })
  }
  if (!response.ok) throw fault(`is missing: the server answered ${response.status}`)
  const bytes = new Uint8Array(file.bytes)
  let loaded = 0
  try {
    const stream = response.body && (await unpacked(response.body, file.signature))
    if (!stream) {
      const type = response.headers.get('content-type') ?? 'no named type'
      throw fault(`is something else: the server sent ${type}, neither gzip nor what was packed`)
    }
    const reader = stream.getReader()
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      if (loaded + value.length > bytes.length) {
        await reader.cancel()
        throw fault(`is damaged: it is longer than ${bytes.length} bytes unpacked`)
      }
      bytes.set(value, loaded)
      onLoaded((loaded += value.length))
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw fault(`is damaged or cut short after ${loaded} bytes unpacked (${errorOf(cause).message})`, {
      cause,
    })
  }
  if (loaded < bytes.length) throw fault(`is cut short: ${loaded} of ${bytes.length} bytes unpacked`)
  if ((await sha256(bytes)) !== file.sha256)
    throw fault('is damaged: its checksum differs from the one it should have')
  return bytes
}

/** One file and what is read from it. */
export class Download<Content> {
  readonly #file: PackedFile
  readonly #read: (bytes: Bytes) => Content
  readonly #listeners = new Set<() => void>()
  #loaded = 0
  #arrival: Promise<Content> | undefined
  #hasFailed = false

  constructor(file: PackedFile, read: (bytes: Bytes) => Content) {
    this.#file = file
    this.#read = read
  }

  /** Unpacked bytes that are here. */
  get loaded(): number {
    return this.#loaded
  }

  /** Unpacked bytes of the whole file. */
  get total(): number {
    return this.#file.bytes
  }

  async #fetch(): Promise<Content> {
    try {
      const bytes = await fetchFile(this.#file, this.#hasFailed, (loaded) => {
        this.#loaded = loaded
        for (const listener of this.#listeners) listener()
      })
      return this.#read(bytes)
    } catch (cause) {
      this.#hasFailed = true
      this.#loaded = 0
      this.#arrival = undefined
      throw cause
    }
  }

  /** `onLoaded` is called whenever more is here. Rejects with a DataError. */
  async load(onLoaded: () => void): Promise<Content> {
    this.#listeners.add(onLoaded)
    try {
      return await (this.#arrival ??= this.#fetch())
    } finally {
      this.#listeners.delete(onLoaded)
    }
  }
}

/** What several files hold, in their order; `onProgress` is told at once how far they are, and whenever more is here. */
export function loadAll<Content>(
  downloads: readonly Download<Content>[],
  onProgress?: (progress: LoadProgress) => void,
): Promise<Content[]> {
  const sum = (of: (download: Download<Content>) => number) =>
    downloads.reduce((total, download) => total + of(download), 0)
  const total = sum((download) => download.total)
  const tell = () => onProgress?.({ loaded: sum(({ loaded }) => loaded), total })
  tell()
  return Promise.all(downloads.map((download) => download.load(tell)))
}
