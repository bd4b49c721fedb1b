/**
 * Decides when the steps wait for the page, or leave a core to it. Where the CPU draws in place of a GPU, the steps would
 * slow down the picture that a user waits for while moving a slider, and all threads together every picture.
 */

/** Mean milliseconds that a page may take for a frame before the steps wait for it. */
const swiftPage = 25
const longestPause = 60
/** Milliseconds for which a page that was slow gets a core. Then it is tried without: it may have become swift. */
const slowFor = 5000

export class PagePause {
  /** The steps wait until this time. */
  until = 0
  private deliveredAt = 0
  /** Mean milliseconds between a frame and the page's request for the next, over the latest frames. */
  private takes = 0
  /** The page has a frame and has not asked for the next one. */
  private drawing = false
  private slowUntil = 0

  /** The page asks for a frame. */
  asked(): void {
    // a hidden page asks for no frames
    const now = performance.now()
    const took = Math.min(100, now - this.deliveredAt)
    this.takes += (took - this.takes) / 4
    this.drawing = false
    if (this.takes > swiftPage) this.slowUntil = now + slowFor
  }

  delivered(): void {
    this.deliveredAt = performance.now()
    this.drawing = true
    if (this.deliveredAt < this.until) this.until = this.deliveredAt + longestPause
  }

  /** The page draws, and is slow at it. */
  get needsCore(): boolean {
    const now = performance.now()
    return this.drawing && now < this.slowUntil && now < this.deliveredAt + longestPause
  }

  /** A change is to be shown. */
  begin(): void {
    if (this.takes > swiftPage) this.until = performance.now() + longestPause
  }

  end(): void {
    this.until = 0
  }
}
