/**
 * Data files of the page: downloaded with progress, unpacked and verified. Knows no DOM. A file is downloaded once for
 * all callers; after a failure the next call tries again.
 */
import { counted } from '../count.ts'
import { errorOf, type FaultCode } from '../faults.ts'
import { sha256 } from './sha256.ts'

/** Unpacked bytes that have arrived, and those that the call needs. */
export interface LoadProgress {
  readonly loaded: number
  readonly total: number
}

/** A file that the build has packed. */
export interface PackedFile {
  /** The data set it belongs to, for messages. */
  readonly source: string
  readonly name: string
  readonly address: string
  /** First bytes of the unpacked file. */
  readonly signature: readonly [number, number, number, number]
  /** Size of the unpacked file. */
  readonly bytes: number
  /** Checksum of the unpacked file, in hexadecimal. */
  readonly sha256: string
}

/** A missing or damaged file. */
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

/** Reads the first bytes of a body, and returns a body that still has all of them. */
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

/** The unpacked bytes of a body that may be packed or not; undefined if it is neither. */
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

/** Seconds without a byte after which a download is given up: some connections stay open and bring nothing. */
const longestSilence = 30

/** A signal that ends a download once nothing has come for long. `heard` is called whenever something comes. */
function whileHeard() {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => clearTimeout(timer)
  const heard = () => {
    stop()
    const giveUp = () => controller.abort(new Error(`nothing came for ${longestSilence} seconds`))
    timer = setTimeout(giveUp, 1000 * longestSilence)
  }
  heard()
  return { signal: controller.signal, heard, stop }
}

/** Downloads, unpacks and verifies a file. Throws a DataError. */
async function fetchFile(file: PackedFile, anew: boolean, onLoaded: (bytes: number) => void): Promise<Bytes> {
  const heard = whileHeard()
  try {
    return await fetchHeard(file, anew, onLoaded, heard)
  } finally {
    heard.stop()
  }
}

async function fetchHeard(
  file: PackedFile,
  anew: boolean,
  onLoaded: (bytes: number) => void,
  { signal, heard }: ReturnType<typeof whileHeard>,
): Promise<Bytes> {
  const fault = (what: string, options?: ErrorOptions) => new DataError(file.source, file.name, what, options)
  let response: Response
  try {
    // the browser's cache may hold the damaged file
    response = await fetch(file.address, { cache: anew ? 'reload' : 'default', signal })
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
      heard()
      bytes.set(value, loaded)
      onLoaded((loaded += value.length))
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    throw fault(
      `is damaged or cut short after ${counted(loaded, 'byte')} unpacked (${errorOf(cause).message})`,
      {
        cause,
      },
    )
  }
  if (loaded < bytes.length) throw fault(`is cut short: ${loaded} of ${bytes.length} bytes unpacked`)
  if ((await sha256(bytes)) !== file.sha256)
    throw fault('is damaged: its checksum differs from the one it should have')
  return bytes
}

/** One file and its content. */
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

  /** Unpacked bytes that have arrived. */
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

  /** Loads the content. `onLoaded` is called whenever more has arrived. Rejects with a DataError. */
  async load(onLoaded: () => void): Promise<Content> {
    this.#listeners.add(onLoaded)
    try {
      return await (this.#arrival ??= this.#fetch())
    } finally {
      this.#listeners.delete(onLoaded)
    }
  }
}

/** Contents of several files, in their order. `onProgress` is called at once, and whenever more has arrived. */
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
