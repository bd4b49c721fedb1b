/**
 * When steps wait for the page: where a processor draws in the GPU's place, they would take the time from the picture
 * that a hand at a slider waits for.
 */

/** Milliseconds that a page may take with a frame, on average, before it is waited for. */
const swiftPage = 25
const longestPause = 60

export class PagePause {
  /** Steps wait until then. */
  until = 0
  private deliveredAt = 0
  /** Milliseconds from a frame to the page's asking for the next: a mean over the latest. */
  private takes = 0

  /** The page asks for a frame. */
  asked(): void {
    // a hidden page asks for none
    const took = Math.min(100, performance.now() - this.deliveredAt)
    this.takes += (took - this.takes) / 4
  }

  delivered(): void {
    this.deliveredAt = performance.now()
    if (this.deliveredAt < this.until) this.until = this.deliveredAt + longestPause
  }

  /** There is something moved to be shown. */
  begin(): void {
    if (this.takes > swiftPage) this.until = performance.now() + longestPause
  }

  end(): void {
    this.until = 0
  }
}
