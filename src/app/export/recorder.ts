/** Records a canvas that is painted again and again, as WebM or MP4, whichever the browser gives. */

export interface Format {
  readonly extension: 'mp4' | 'webm'
  readonly type: string
}

const types: Readonly<Record<Format['extension'], readonly string[]>> = {
  mp4: ['video/mp4;codecs=avc1.640028', 'video/mp4;codecs=avc1.42E01E', 'video/mp4'],
  webm: ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'],
}

/** The formats of this browser, the one that most programs open first. */
export function formats(): readonly Format[] {
  if (typeof MediaRecorder === 'undefined' || !('captureStream' in HTMLCanvasElement.prototype)) return []
  return (['mp4', 'webm'] as const).flatMap((extension) => {
    const type = types[extension].find((one) => MediaRecorder.isTypeSupported(one))
    return type ? [{ extension, type }] : []
  })
}

/** Bits a second: letters stay sharp, and ten minutes stay below 300 MB. */
const bitsPerSecond = 4_000_000
/** Pictures a second at most; where painting takes long, there are fewer. */
const mostPictures = 15

export interface Recorder {
  /** Milliseconds so far. */
  readonly elapsed: number
  /** Resolves with the recording. */
  stop(): Promise<Blob>
  cancel(): void
}

/** Begins a recording. `failed` is called where the browser ends it. */
export function record(
  canvas: HTMLCanvasElement,
  paint: () => void,
  { type }: Format,
  failed: (fault: Error) => void,
): Recorder {
  paint()
  const stream = canvas.captureStream(mostPictures)
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: bitsPerSecond })
  const chunks: Blob[] = []
  recorder.addEventListener('dataavailable', ({ data }) => {
    if (data.size > 0) chunks.push(data)
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const next = () => {
    const begin = performance.now()
    try {
      paint()
    } catch (fault) {
      end()
      failed(fault as Error)
      return
    }
    const took = performance.now() - begin
    // the page computes and draws meanwhile, too
    timer = setTimeout(next, Math.max(1000 / mostPictures - took, 2 * took))
  }
  function end(): void {
    clearTimeout(timer)
    if (recorder.state !== 'inactive') recorder.stop()
    for (const track of stream.getTracks()) track.stop()
  }
  recorder.addEventListener('error', (event) => {
    end()
    failed((event as unknown as { error?: Error }).error ?? new Error('the browser does not say why'))
  })
  const begin = performance.now()
  // in pieces: the browser may keep them on the disk
  recorder.start(1000)
  next()
  return {
    get elapsed() {
      return performance.now() - begin
    },
    async stop() {
      const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve, { once: true }))
      // the last picture lasts until now
      paint()
      const active = recorder.state !== 'inactive'
      end()
      if (active) await stopped
      return new Blob(chunks, { type: type.replace(/;.*/, '') })
    },
    cancel: end,
  }
}
