/**
 * Calls `work` for the newest state, not more often than the browser can show it. If a browser composes pictures
 * without a GPU, showing one blocks the page for a tenth of a second. Twice that time is then left for sliders and
 * keys, and for training, which shares the CPU with the drawing.
 */

/** Two frames of a 60 Hz display: anything quicker needs no pause. */
const quick = 34
const longestPause = 400
/** While the user drags, the picture has priority: the next move is handled between two drawings in any case. */
const quickWhileDragged = 50

/** @param dragged whether the user drags a value */
export function createPace(work: () => void, dragged: () => boolean): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined
  let shownAt = 0
  let taken = 0

  function run(): void {
    const start = performance.now()
    work()
    // the stage draws in the coming animation frame; the task after it runs when that frame is on its way
    requestAnimationFrame(() =>
      setTimeout(() => {
        shownAt = performance.now()
        taken = shownAt - start
      }),
    )
  }

  function pause(): number {
    if (taken <= quick) return 0
    return Math.min(dragged() ? taken - quickWhileDragged : 2 * taken, longestPause)
  }

  return () => {
    const left = shownAt + pause() - performance.now()
    clearTimeout(waiting)
    if (left <= 0) run()
    else waiting = setTimeout(run, left)
  }
}
