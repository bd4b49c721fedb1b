/**
 * Calls `work` for the newest state, no oftener than the browser can show it. Where pictures are composed
 * without a GPU, showing one blocks the page for a tenth of a second: at least as long must then be left for
 * sliders and keys.
 */

/** Anything quicker needs no pause: what is pressed and dragged is taken in between two such frames. */
const quick = 50
const longestPause = 400

export function createPace(work: () => void): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined
  let resumeAt = 0

  function run(): void {
    waiting = undefined
    const start = performance.now()
    work()
    // the stage draws in the coming animation frame; the task after it runs when that frame is on its way
    requestAnimationFrame(() =>
      setTimeout(() => {
        const now = performance.now()
        const taken = now - start
        if (taken > quick) resumeAt = now + Math.min(taken - quick, longestPause)
      }),
    )
  }

  return () => {
    if (waiting !== undefined) return
    const pause = resumeAt - performance.now()
    if (pause <= 0) run()
    else waiting = setTimeout(run, pause)
  }
}
