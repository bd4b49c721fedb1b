/**
 * Decides when the steps wait for the page. Where the CPU draws in place of a GPU, the steps would slow down the
 * picture that a user waits for while moving a slider.
 */

/** Mean milliseconds that a page may take for a frame before the steps wait for it. */
const swiftPage = 25
const longestPause = 60

export class PagePause {
  /** The steps wait until this time. */
  until = 0
  private deliveredAt = 0
  /** Mean milliseconds between a frame and the page's request for the next, over the latest frames. */
  private takes = 0

  /** The page asks for a frame. */
  asked(): void {
    // a hidden page asks for no frames
    const took = Math.min(100, performance.now() - this.deliveredAt)
    this.takes += (took - this.takes) / 4
  }

  delivered(): void {
    this.deliveredAt = performance.now()
    if (this.deliveredAt < this.until) this.until = this.deliveredAt + longestPause
  }

  /** A change is to be shown. */
  begin(): void {
    if (this.takes > swiftPage) this.until = performance.now() + longestPause
  }

  end(): void {
    this.until = 0
  }
}
