/** What runs inside the built page, before its own scripts, to see when the VIB lab's pictures are drawn. */
import type { VibFrame } from '../../src/labs/vib/frame.ts'

/** A β that frames came with. */
interface Track {
  readonly beta: number
  /** Of the first frame whose model was trained with it. */
  firstStep?: number
  /** When a picture with images encoded after a training step with it had come from the engine, and was drawn. */
  arrivedAt?: number
  drawnAt?: number
}

export interface Watched {
  /** When the first latent picture was drawn, milliseconds after the address was opened. */
  firstPicture?: number
  readonly tracks: Track[]
  /** Every move of the pointer: when it happened, and β once it was taken in. */
  readonly moves: { readonly time: number; readonly beta: number }[]
  /** The newest frame's. */
  step: number
  finished: boolean
  /** When a frame first told the end of the run. */
  finishedAt?: number
  /** Animation frames since `watchFrames(true)`. */
  readonly frames: number[]
  watchFrames(on: boolean): void
}

declare global {
  interface Window {
    watched: Watched
  }
}

interface Frame {
  readonly lab: string
  readonly step: number
  readonly finished: boolean
  readonly values: { readonly beta: number }
  readonly data: VibFrame
}

export function watch(): void {
  let request = 0
  const onFrame = (time: number) => {
    watched.frames.push(time)
    request = requestAnimationFrame(onFrame)
  }
  const watched: Watched = {
    tracks: [],
    moves: [],
    step: 0,
    finished: false,
    frames: [],
    watchFrames(on) {
      cancelAnimationFrame(request)
      if (!on) return
      watched.frames.length = 0
      request = requestAnimationFrame(onFrame)
    },
  }
  window.watched = watched

  /** Called when the next picture of a latent space, made from the newest frame or a later one, is drawn. */
  const waiting = new Set<(time: number) => void>()
  /** The view has described such a picture; the stage draws it in one of the coming animation frames. */
  let described = false
  new MutationObserver((changes) => {
    described ||=
      waiting.size > 0 &&
      changes.some(({ target }) => (target as Element).getAttribute('aria-label')?.startsWith('Means of'))
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['aria-label'] })
  // the stage ends a drawing with a fence; it is there when the GPU has passed one of our own
  const { fenceSync } = WebGL2RenderingContext.prototype
  WebGL2RenderingContext.prototype.fenceSync = function (condition, flags) {
    if (described) {
      described = false
      const told = [...waiting]
      waiting.clear()
      const fence = fenceSync.call(this, condition, flags) as WebGLSync
      const look = () => {
        if (this.getSyncParameter(fence, this.SYNC_STATUS) !== this.SIGNALED) requestAnimationFrame(look)
        else for (const tell of told) tell(performance.now())
      }
      requestAnimationFrame(look)
    }
    return fenceSync.call(this, condition, flags)
  }

  let last: Frame | undefined
  function note(frame: Frame): void {
    const [space] = frame.data.spaces
    const { beta } = frame.values
    watched.step = frame.step
    watched.finished = frame.finished
    if (frame.finished) watched.finishedAt ??= performance.now()
    const [before] = last?.data.spaces ?? []
    if (space && !before && watched.firstPicture === undefined)
      waiting.add((time) => {
        watched.firstPicture ??= time
      })
    let track = watched.tracks.at(-1)
    if (track?.beta !== beta) {
      track = { beta }
      watched.tracks.push(track)
    }
    // what the picture's model was trained with last
    if (space?.beta === beta && track.arrivedAt === undefined) {
      track.firstStep ??= frame.step
      const encoded = before && space.means.some((mean, index) => mean !== before.means[index])
      if (space.current > 0 || (encoded && last && last.step > track.firstStep)) {
        const own = track
        own.arrivedAt = performance.now()
        waiting.add((time) => {
          own.drawnAt = time
        })
      }
    }
    last = frame
  }
  // before the page's own listener, so that what it draws after this is the frame or a newer one
  window.Worker = class extends Worker {
    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options)
      this.addEventListener('message', ({ data }) => {
        const frame = data?.value as Frame | undefined
        if (frame?.lab === 'vib' && frame.data) note(frame)
      })
    }
  }
  addEventListener(
    'pointermove',
    ({ timeStamp }) =>
      setTimeout(() => {
        const beta = window.natlab?.parameters().beta as number
        watched.moves.push({ time: timeStamp, beta })
      }),
    { capture: true },
  )
}
