/** A descent's points, thinned out as they become more. The kept points depend only on the number of steps. */

/** Largest number of kept points; then every second one is dropped. */
const capacity = 1024

export class ThinnedPath {
  private kept: number[][] = []
  private stride = 1
  private latest: readonly number[] = []

  /** Adds the point of a step. Steps come in order; the latest step may come again. */
  add(point: readonly [step: number, ...rest: number[]]): void {
    this.latest = point
    if (point[0] % this.stride !== 0) return
    if (this.kept.at(-1)?.[0] === point[0]) this.kept.pop()
    this.kept.push([...point])
    if (this.kept.length <= capacity) return
    this.stride *= 2
    this.kept = this.kept.filter(([step]) => step % this.stride === 0)
  }

  /** [points, columns], the latest point last; with the given columns, or all. */
  points(columns?: readonly number[]): Float32Array<ArrayBuffer> {
    const missing = this.kept.at(-1)?.[0] !== this.latest[0]
    const points = missing ? [...this.kept, this.latest] : this.kept
    return Float32Array.from(
      points.flatMap((point) => (columns ? columns.map((column) => point[column]) : point)),
    )
  }
}
