/** A descent's points, thinned as it grows: which are kept depends on how many there were, not on how they came. */

/** At most this many are kept; then every second goes. */
const capacity = 1024

export class ThinnedPath {
  private kept: number[][] = []
  private stride = 1
  private latest: readonly number[] = []

  /** The point at a step; steps come in order, and a step that was the latest may come again. */
  add(point: readonly [step: number, ...rest: number[]]): void {
    this.latest = point
    if (point[0] % this.stride !== 0) return
    if (this.kept.at(-1)?.[0] === point[0]) this.kept.pop()
    this.kept.push([...point])
    if (this.kept.length <= capacity) return
    this.stride *= 2
    this.kept = this.kept.filter(([step]) => step % this.stride === 0)
  }

  /** [points, columns], the latest point last; `columns` of them, or all. */
  points(columns?: readonly number[]): Float32Array<ArrayBuffer> {
    const missing = this.kept.at(-1)?.[0] !== this.latest[0]
    const points = missing ? [...this.kept, this.latest] : this.kept
    return Float32Array.from(
      points.flatMap((point) => (columns ? columns.map((column) => point[column]) : point)),
    )
  }
}
